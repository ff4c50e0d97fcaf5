import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.ts';
import type { ServerCertificate } from './server-certificate.ts';

/** A certificate with less left than this is made anew at the next start. */
const renewBeforeMs = 30 * 24 * 3600 * 1000;

/** The certificate kept in a folder; made there with an authority of its own when absent or about to expire. */
export async function loadCertificate(folder: string, now: number = Date.now()): Promise<ServerCertificate> {
  const kept = await readKept(folder);
  if (kept !== undefined && new X509Certificate(kept.certificate).validToDate.getTime() - now > renewBeforeMs)
    return kept;
  // A heavy import, needed once in a sandbox's life.
  const { makeCertificate } = await import('./make-certificate.ts');
  const made = await makeCertificate(now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writePrivateFile(join(folder, 'server-key.pem'), made.key);
  await writePrivateFile(join(folder, 'server.pem'), made.certificate);
  // Last: a certificate whose authority is absent counts as not there.
  await writePrivateFile(join(folder, 'ca.pem'), made.authority);
  return made;
}

async function readKept(folder: string): Promise<ServerCertificate | undefined> {
  try {
    const [certificate, key, authority] = await Promise.all(
      ['server.pem', 'server-key.pem', 'ca.pem'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    const isWhole =
      new X509Certificate(certificate!).verify(new X509Certificate(authority!).publicKey) &&
      new X509Certificate(certificate!).checkPrivateKey(createPrivateKey(key!));
    return isWhole ? { certificate: certificate!, key: key!, authority: authority! } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
