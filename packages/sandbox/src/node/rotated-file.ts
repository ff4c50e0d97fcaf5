import { link, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** A kubelet's defaults (`containerLogMaxSize`, `containerLogMaxFiles`): what a container prints takes no more than this on disk. */
export const fileLimitBytes: number = 10 * 1024 * 1024;
export const mostFiles = 5;

/** One of the files, opened for reading. */
export interface NumberedFile {
  readonly file: FileHandle;
  readonly number: number;
}

/** A file that makes room when it is full: it gets its number as a suffix, and a new one takes its place. Only the newest few are kept. */
export interface RotatedFile {
  /** Appends texts that belong together in one file. One call at a time. */
  append(texts: readonly Buffer[]): Promise<void>;
  readonly newest: () => number;
  /** Opens the file after this number, or the oldest one that is still there; without a number the newest. */
  open(after?: number): Promise<NumberedFile>;
  close(): Promise<void>;
}

/** Opens `path` for appending. */
export async function openRotatedFile(
  path: string,
  limitBytes: number = fileLimitBytes,
): Promise<RotatedFile> {
  let current = await open(path, 'a', 0o600);
  let { size } = await current.stat();
  let number = Math.max(0, ...(await oldNumbers(path))) + 1;

  async function rotate(): Promise<void> {
    const next = await open(`${path}.new`, 'w', 0o600);
    // There is a file at `path` at every moment.
    await link(path, numbered(path, number));
    await rename(`${path}.new`, path);
    await current.close();
    current = next;
    size = 0;
    number += 1;
    for (const old of await oldNumbers(path))
      if (old <= number - mostFiles) await rm(numbered(path, old), { force: true });
  }

  return {
    async append(texts) {
      for (const bytes of pieces(texts, limitBytes)) {
        if (size > 0 && size + bytes.length > limitBytes) await rotate();
        await writeAll(current, bytes);
        size += bytes.length;
      }
    },
    newest: () => number,
    async open(after) {
      const oldest = Math.max(1, number - mostFiles + 1);
      const wanted = after === undefined ? number : Math.min(number, Math.max(after + 1, oldest));
      return { file: await open(wanted === number ? path : numbered(path, wanted), 'r'), number: wanted };
    },
    close: () => current.close(),
  };
}

function numbered(path: string, number: number): string {
  return `${path}.${number}`;
}

async function oldNumbers(path: string): Promise<number[]> {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  return names
    .filter((name) => name.startsWith(start) && /^[0-9]+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)));
}

/** What is written at a time; never more than a file may hold, and no text in two of them. */
function* pieces(texts: readonly Buffer[], mostBytes: number): Generator<Buffer> {
  let batch: Buffer[] = [];
  let length = 0;
  for (const text of texts) {
    if (length > 0 && length + text.length > mostBytes) {
      yield Buffer.concat(batch);
      batch = [];
      length = 0;
    }
    batch.push(text);
    length += text.length;
  }
  if (length > 0) yield Buffer.concat(batch);
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    offset += (await file.write(bytes, offset)).bytesWritten;
  }
}
