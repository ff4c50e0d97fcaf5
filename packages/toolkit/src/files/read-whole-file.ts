import { close, constants, fstat, open, read, type Stats } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

export interface ReadWholeFileOptions {
  /** More than that is an error with the code `EFBIG`. */
  readonly largestBytes: number;
  /** Ends the wait for whoever writes into a pipe. */
  readonly signal?: AbortSignal | undefined;
  /**
   * True for a path without links in it that must name a regular file: links, pipes and devices are errors, and so is a file that turns out to
   * be somewhere else. @default false
   */
  readonly isStrict?: boolean | undefined;
}

const openFile = promisify(open);
const statFile = promisify(fstat);
const readFile = promisify(read);
const closeFile = promisify(close);

/** Room for a file whose size is not known beforehand, such as those of `/proc`. */
const firstChunkBytes = 64 * 1024;
// A pipe without a writer must hold up nothing: neither this call nor, in a thread that can't be stopped, the end of the process.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The content of a file that a user named. Also of a pipe, as `<(command)` of a shell is; waiting for it blocks no thread.
 *
 * @throws the file system's errors; those of its own have a code as well: `EFBIG`, `EISDIR`, `EINVAL`
 */
export async function readWholeFile(path: string, options: ReadWholeFileOptions): Promise<Buffer> {
  const { largestBytes, signal, isStrict = false } = options;
  signal?.throwIfAborted();
  const descriptor = await openFile(path, openFlags | (isStrict ? (constants.O_NOFOLLOW ?? 0) : 0));
  let isOpen = true;
  try {
    const stats = await statFile(descriptor);
    if (stats.isDirectory()) throw failure('EISDIR', 'it is a directory');
    if (isStrict && !stats.isFile()) throw failure('EINVAL', `it is ${kindOf(stats)}, and not a file`);
    if (isStrict) await checkPlace(descriptor, path);
    if (stats.size > largestBytes) throw tooLarge(largestBytes);
    if (!stats.isFIFO()) return await readAll(descriptor, stats.size, largestBytes, signal);
    isOpen = false;
    return await readPipe(descriptor, largestBytes, signal);
  } finally {
    if (isOpen) await closeFile(descriptor);
  }
}

/** Whether what was opened is at its path, and not where a link led that was put in the place of a folder meanwhile. */
async function checkPlace(descriptor: number, path: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const place = await readlink(`/proc/self/fd/${descriptor}`);
  if (place !== path) throw failure('EINVAL', 'it was replaced while it was read');
}

async function readAll(
  descriptor: number,
  expectedBytes: number,
  largestBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for (let room = Math.min(expectedBytes, largestBytes) + 1; ; room = firstChunkBytes) {
    signal?.throwIfAborted();
    const chunk = Buffer.allocUnsafe(Math.max(room, firstChunkBytes));
    const { bytesRead } = await readFile(descriptor, chunk, 0, chunk.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    sizeBytes += bytesRead;
    if (sizeBytes > largestBytes) throw tooLarge(largestBytes);
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

async function readPipe(
  descriptor: number,
  largestBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  const stop = (): void => void pipe.destroy();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of pipe as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > largestBytes) throw tooLarge(largestBytes);
      chunks.push(chunk);
    }
    signal?.throwIfAborted();
    return Buffer.concat(chunks);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    pipe.destroy();
  }
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function tooLarge(largestBytes: number): Error {
  const [mebibytes, kibibytes] = [largestBytes / 1024 ** 2, largestBytes / 1024];
  const limit = mebibytes >= 1 ? `${mebibytes} MiB` : `${kibibytes} KiB`;
  return failure('EFBIG', `it is larger than ${limit}`);
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
