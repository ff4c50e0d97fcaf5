import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createPrivateStream } from '@kanikit/toolkit/files';
import { makeFolder } from '@kanikit/toolkit/folders';

/** The full log of a build on disk. Never throws: a full disk of the client is no reason to lose a build. */
export interface LogFile {
  readonly path: string;
  /** Waits while the disk is behind. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `<folder>/<run>/<build>.log` (of a later attempt `<build>-2.log` and so on: each is one executor's log, as `kanikit explain` reads it), readable by its owner only: build logs may hold what a `RUN` printed. The first failure is
 * told once and ends the writing.
 */
export async function openLogFile(
  path: {
    readonly folder: string;
    readonly run: string;
    readonly build: string;
    /** From 1. */
    readonly attempt: number;
  },
  onFailure: (error: Error) => void,
): Promise<LogFile> {
  const suffix = path.attempt === 1 ? '' : `-${path.attempt}`;
  const file = join(path.folder, fileName(path.run), fileName(`${path.build}${suffix}.log`));
  let hasFailed = false;
  const fail = (error: unknown) => {
    if (hasFailed) return;
    hasFailed = true;
    onFailure(error instanceof Error ? error : new Error(String(error)));
  };
  try {
    await makeFolder(dirname(file), 0o700);
  } catch (error) {
    fail(error);
    return { path: file, write: async () => undefined, close: async () => undefined };
  }
  const stream = createPrivateStream(file);
  stream.on('error', fail);
  return {
    path: file,
    write: async (bytes) => {
      if (hasFailed || stream.write(bytes)) return;
      const settled = new AbortController();
      await Promise.race(
        ['drain', 'close'].map((name) => once(stream, name, { signal: settled.signal })),
      ).catch(fail);
      settled.abort();
    },
    close: async () => {
      stream.end();
      await finished(stream).catch(fail);
    },
  };
}

/** Names of builds of others come from the cluster: none leads out of the folder. */
function fileName(name: string): string {
  return name.replaceAll(/[^\w.+-]/g, '_').replace(/^\.+/, '_');
}
