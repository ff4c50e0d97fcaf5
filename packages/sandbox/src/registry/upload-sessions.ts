import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

import { isErrno, writeFully } from './atomic-file.ts';
import { createDigestHash, type Digest } from './digest.ts';
import { RegistryError } from './registry-error.ts';

/** One blob on its way in. `file` exists only once bytes have come, so that permission probes leave nothing behind. */
export interface Upload {
  readonly id: string;
  readonly repository: string;
  readonly file: string;
  sizeBytes: number;
  busy: boolean;
  lastUsedMs: number;
  readonly sha256: ReturnType<typeof createDigestHash>;
}

export interface UploadSessions {
  start(repository: string): Upload;
  /** Throws BLOB_UPLOAD_UNKNOWN when there is no such upload in the repository. */
  get(repository: string, id: string): Upload;
  /** Appends the body as it streams in; what arrived before a broken connection is kept, as the spec's resumption needs. */
  append(upload: Upload, body: IncomingMessage): Promise<void>;
  /** Throws DIGEST_INVALID, and forgets the upload, unless the bytes received have this digest. */
  verify(upload: Upload, expected: Digest): Promise<void>;
  drop(upload: Upload): Promise<void>;
}

/** Clients probe with uploads they never finish; such a session is forgotten after this time without use. */
const idleLimitMs = 3_600_000;
/** A push has one session for each layer that it uploads at a time. */
const mostSessions = 1000;

export function createUploadSessions(folder: string): UploadSessions {
  const uploads = new Map<string, Upload>();

  const drop = async (upload: Upload): Promise<void> => {
    uploads.delete(upload.id);
    await rm(upload.file, { force: true });
  };

  /** Forgets the session that was not used for the longest time. */
  const makeRoom = (): void => {
    const idle = [...uploads.values()].filter(({ busy }) => !busy);
    const oldest = idle.toSorted((left, right) => left.lastUsedMs - right.lastUsedMs)[0];
    if (oldest === undefined)
      throw new RegistryError({
        status: 429,
        code: 'TOOMANYREQUESTS',
        message: `there are ${mostSessions} uploads under way`,
      });
    void drop(oldest).catch(() => undefined);
  };

  return {
    start: (repository) => {
      const now = Date.now();
      for (const old of uploads.values()) {
        if (!old.busy && now - old.lastUsedMs > idleLimitMs) void drop(old).catch(() => undefined);
      }
      if (uploads.size >= mostSessions) makeRoom();
      const id = randomUUID();
      const upload = {
        id,
        repository,
        file: join(folder, id),
        sizeBytes: 0,
        busy: false,
        lastUsedMs: now,
        sha256: createDigestHash('sha256'),
      };
      uploads.set(id, upload);
      return upload;
    },
    get: (repository, id) => {
      const upload = uploads.get(id);
      if (upload === undefined || upload.repository !== repository) {
        throw new RegistryError({
          status: 404,
          code: 'BLOB_UPLOAD_UNKNOWN',
          message: `blob upload ${id} is unknown to the registry`,
        });
      }
      upload.lastUsedMs = Date.now();
      return upload;
    },
    append: async (upload, body) => {
      upload.busy = true;
      try {
        await appendBody(upload, body);
      } catch (error) {
        // A full or broken disk leaves the file shorter than what was hashed: the client has to start again.
        if (!isErrno(error, 'ECONNRESET', 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE')) await drop(upload);
        throw error;
      } finally {
        upload.busy = false;
        upload.lastUsedMs = Date.now();
      }
    },
    verify: async (upload, expected) => {
      await using handle = await open(upload.file, 'a', 0o600);
      await handle.datasync();
      const hex =
        expected.algorithm === 'sha256'
          ? upload.sha256.copy().digest('hex')
          : await hashFile(upload.file, expected.algorithm);
      if (hex === expected.hex) return;
      await drop(upload);
      throw new RegistryError({
        status: 400,
        code: 'DIGEST_INVALID',
        message: `the uploaded content has digest ${expected.algorithm}:${hex}, not ${expected.algorithm}:${expected.hex}`,
      });
    },
    drop,
  };
}

async function appendBody(upload: Upload, body: IncomingMessage): Promise<void> {
  await using handle = await open(upload.file, upload.sizeBytes === 0 ? 'w' : 'r+', 0o600);
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    await writeFully(handle, chunk, upload.sizeBytes);
    upload.sha256.update(chunk);
    upload.sizeBytes += chunk.length;
  }
}

async function hashFile(file: string, algorithm: Digest['algorithm']): Promise<string> {
  const hash = createDigestHash(algorithm);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
