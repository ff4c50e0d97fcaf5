import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from './certificate-authority.ts';
import { startServer } from './start-server.ts';

/** Azure Blob Storage as Azurite plays it, in memory, with one account. */
export interface Azurite extends AsyncDisposable {
  readonly account: string;
  readonly accountKey: string;
  /** `http://127.0.0.1:PORT`, `https:` with a certificate; accounts are the first part of paths. */
  readonly url: string;
}

export interface AzuriteOptions {
  /** Makes it speak TLS, and take tokens of any tenant. */
  readonly certificate?: ServerCertificate;
}

const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');

export async function startAzurite({ certificate }: AzuriteOptions = {}): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-azurite-'));
  const [account, accountKey] = ['kanikittest', randomBytes(64).toString('base64')];
  const transport: string[] = [];
  if (certificate !== undefined) {
    const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
    await writeFile(certificateFile, certificate.certificate);
    await writeFile(keyFile, certificate.key, { mode: 0o600 });
    transport.push('--cert', certificateFile, '--key', keyFile, '--oauth', 'basic');
  }
  const server = await startServer({
    file: process.execPath,
    args: [
      program,
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      '0',
      '--location',
      folder,
      '--inMemoryPersistence',
      '--disableTelemetry',
      '--silent',
      ...transport,
    ],
    env: { AZURITE_ACCOUNTS: `${account}:${accountKey}` },
    listens: /successfully listens on https?:/,
  });
  return {
    account,
    accountKey,
    url: /https?:\/\/\S+/.exec(server.line)?.[0] ?? '',
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
