import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/** Writes a service account's key as Google gives it, of an account that there is not. */
export async function writeServiceAccountKey(file: string): Promise<{ readonly privateKey: string }> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = {
    type: 'service_account',
    client_email: 'builder@example.iam.gserviceaccount.com',
    private_key: privateKey,
    // Nobody may ask for a token.
    token_uri: 'http://127.0.0.1:1/token',
  };
  await writeFile(file, JSON.stringify(key), { mode: 0o600 });
  return { privateKey };
}
