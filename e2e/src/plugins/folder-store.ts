import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type ArchiveSummary,
  type ContextStore,
  KanikitError,
  type PackedArchive,
  type StoredContext,
  type UploadOptions,
} from '@kanikit/spec';

export interface FolderStoreOptions {
  /** What the web server serves. */
  readonly folder: string;
  /** The web server as pods reach it: https, since executors take nothing else. */
  readonly url: string;
  /** PEM of the web server's authority, where the executor does not know it. */
  readonly certificateAuthorities?: string | undefined;
}

/** A store that is a folder behind a web server, as an example of a plugin. Whoever knows a file's name may read it, so names are secrets. */
export function createFolderStore(options: FolderStoreOptions): ContextStore {
  const { folder } = options;
  const description = `${folder} behind ${new URL(options.url).origin}`;
  return {
    specVersion: 1,
    kind: 'folder',
    description,
    async check({ signal }) {
      signal.throwIfAborted();
      await access(folder, constants.W_OK).catch((cause: unknown) => {
        throw new KanikitError({
          code: 'bucket-denied',
          message: `Checking ${description}: it can't be written.`,
          hint: 'Create it, or get the right to write there.',
          cause,
        });
      });
    },
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    async deliveries(executor) {
      const none = { 'bucket-url': 'executors know no scheme for it' };
      if (executor?.kinds.includes('https') ?? true) return { possible: ['signed-url'], reasons: none };
      const old = `${executor?.executor} does not fetch contexts by https`;
      return { possible: [], reasons: { ...none, 'signed-url': old } };
    },
    async upload(archive, upload, run) {
      run.signal.throwIfAborted();
      const known = await archive.known();
      if (known !== undefined && (await isKept(folder, known, upload.keepMs, run.now()))) {
        return stored(options, nameByContent(known), known, 0, true);
      }
      // Nothing that has an archive's name is ever half.
      const draft = join(folder, `${secretName()}.part`);
      try {
        await pipeline(readParts(archive, upload), createWriteStream(draft), { signal: run.signal });
        const summary = await archive.summary;
        const name = upload.keepMs === undefined ? secretName() : nameByContent(summary);
        await rename(draft, join(folder, name));
        return stored(options, name, summary, summary.sizeBytes, upload.keepMs !== undefined);
      } catch (error) {
        await rm(draft, { force: true });
        throw run.signal.aborted ? run.signal.reason : error;
      }
    },
  };
}

function stored(
  { folder, url, certificateAuthorities }: FolderStoreOptions,
  name: string,
  { digest, sizeBytes, dockerfiles }: ArchiveSummary,
  sentBytes: number,
  isKept: boolean,
): StoredContext {
  return {
    location: folder,
    digest,
    sizeBytes,
    sentBytes,
    dockerfiles,
    delivery: {
      context: new URL(name, `${url}/`).href,
      isSecret: true,
      args: [],
      env: {},
      secretEnv: {},
      certificateAuthorities,
    },
    isKept,
    remove: async () => {
      if (!isKept) await rm(join(folder, name), { force: true });
    },
  };
}

async function* readParts(
  { parts }: PackedArchive,
  { onProgress }: UploadOptions,
): AsyncGenerator<Uint8Array, void> {
  let sentBytes = 0;
  for await (const part of parts) {
    yield await part.read();
    sentBytes += part.sizeBytes;
    onProgress?.({ sentBytes, reusedBytes: 0, totalBytes: undefined });
  }
  onProgress?.({ sentBytes, reusedBytes: 0, totalBytes: sentBytes });
}

/** Old ones are for whoever cleans the folder. */
async function isKept(
  folder: string,
  summary: ArchiveSummary,
  keepMs: number | undefined,
  now: number,
): Promise<boolean> {
  if (keepMs === undefined) return false;
  const stats = await stat(join(folder, nameByContent(summary))).catch(() => undefined);
  return stats !== undefined && now - stats.mtimeMs < keepMs;
}

const secretName = (): string => `${randomBytes(16).toString('hex')}.tar.gz`;
const nameByContent = ({ digest }: ArchiveSummary): string => `${digest.slice('sha256:'.length)}.tar.gz`;
