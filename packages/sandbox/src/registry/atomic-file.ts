import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Replaces `file` so that a reader, also one after a crash, sees the old bytes or the new ones and nothing between.
 * `temporaryFolder` must be on the same file system.
 */
export async function writeFileAtomic(
  file: string,
  temporaryFolder: string,
  bytes: Uint8Array | string,
): Promise<void> {
  const temporary = join(temporaryFolder, randomUUID());
  try {
    await using handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(bytes);
    await handle.datasync();
    await withFolder(file, () => rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Runs `action`, which puts something at `file`; when the folder is missing, makes it and tries once more. */
export async function withFolder<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await action();
  }
}

/** Writes all of `bytes` at `position`; the operating system may take fewer at a time. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code as string);
}

/** `undefined` where the file is not there, instead of an error. */
export async function ifExists<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
