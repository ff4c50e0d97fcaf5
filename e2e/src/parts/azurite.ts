import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BlobServiceClient,
  newPipeline,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { runProgram } from './run-program.ts';
import { startServer } from './start-server.ts';

/** Azure Blob Storage as Azurite plays it, in memory, with one account. */
export interface Azurite extends AsyncDisposable {
  readonly account: string;
  readonly accountKey: string;
  /** `http://127.0.0.1:PORT` or `https:`; accounts are the first part of paths. */
  readonly url: string;
  /** PEM: what a client must trust. Undefined without https. */
  readonly certificate: string | undefined;
  addContainer(name: string): Promise<void>;
  put(container: string, name: string, bytes: Uint8Array, contentEncoding?: string): Promise<void>;
  /** Names of all blobs, and of those that have blocks which nobody has made a blob of. */
  list(container: string): Promise<readonly string[]>;
}

export interface AzuriteOptions {
  /** It then takes tokens of any tenant, too. @default true */
  readonly isHttps?: boolean;
  /** Further names that its certificate is good for. */
  readonly names?: readonly string[];
}

const program = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');

export async function startAzurite({ isHttps = true, names = [] }: AzuriteOptions = {}): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-azurite-'));
  const [account, accountKey] = ['kanikittest', randomBytes(64).toString('base64')];
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  if (isHttps) await makeCertificate(certificateFile, keyFile, names);
  const server = await startServer({
    file: process.execPath,
    args: [
      program,
      '--blobHost',
      '127.0.0.1',
      '--blobPort',
      '0',
      '--inMemoryPersistence',
      '--disableTelemetry',
      '--silent',
      // The SDK is newer than it.
      '--skipApiVersionCheck',
      ...(isHttps ? ['--cert', certificateFile, '--key', keyFile, '--oauth', 'basic'] : []),
    ],
    env: { AZURITE_ACCOUNTS: `${account}:${accountKey}` },
    listens: /successfully listens on https?:/,
  });
  const certificate = isHttps ? await readFile(certificateFile, 'utf8') : undefined;
  const url = /https?:\/\/\S+/.exec(server.line)?.[0] ?? '';
  // The SDK hands the agent to its core, though its own types do not name it.
  const options: StoragePipelineOptions & { readonly agent: Agent | undefined } = {
    agent: certificate === undefined ? undefined : new Agent({ ca: certificate }),
  };
  const pipeline = newPipeline(new StorageSharedKeyCredential(account, accountKey), options);
  const client = new BlobServiceClient(`${url}/${account}`, pipeline);
  return {
    account,
    accountKey,
    url,
    certificate,
    addContainer: async (name) => void (await client.createContainer(name)),
    put: async (container, name, bytes, blobContentEncoding) => {
      const blob = client.getContainerClient(container).getBlockBlobClient(name);
      const headers = blobContentEncoding === undefined ? {} : { blobContentEncoding };
      await blob.upload(bytes, bytes.length, { blobHTTPHeaders: headers });
    },
    list: async (container) => {
      const blobs = client.getContainerClient(container).listBlobsFlat({ includeUncommitedBlobs: true });
      return (await Array.fromAsync(blobs)).map(({ name }) => name);
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Signed by itself: for blobs that it copies it asks itself, and trusts its own certificate alone. */
async function makeCertificate(
  certificateFile: string,
  keyFile: string,
  names: readonly string[],
): Promise<void> {
  const made = await runProgram('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-config',
    '/dev/null',
    '-subj',
    '/CN=azurite',
    '-addext',
    ['subjectAltName=IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(),
    '-days',
    '2',
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
  ]);
  if (made.exitCode !== 0) throw new Error(`openssl failed to make a certificate: ${made.stderr}`);
}
