import { once, EventEmitter } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import type { LogFile } from './log-file.ts';
import type { LogOptions } from './pod-runtime.ts';
import type { NumberedFile } from './rotated-file.ts';

const chunkBytes = 64 * 1024;

/**
 * Serves a container's log as a kubelet does: parts are joined, `timestamps` go before each line, `sinceTime` counts in whole seconds,
 * `tailLines` counts entries of the file, `limitBytes` cuts. With `follow` it goes on until the container ends. It begins in the newest file of
 * the log.
 *
 * `live` is the log being written; undefined for a container that has ended.
 */
export async function* readLog(
  path: string,
  options: LogOptions,
  live: LogFile | undefined,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const follow = options.follow === true ? live : undefined;
  const opened = await (live?.openFile() ?? openEnded(path));
  if (opened === undefined) return;
  const { tailLines } = options;
  yield* render(
    lines(opened, (file) => (tailLines === undefined ? 0 : tailStart(file, tailLines)), follow, signal),
    options,
  );
}

async function openEnded(path: string): Promise<NumberedFile | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return file && { file, number: 0 };
}

async function* render(entries: AsyncIterable<Buffer[]>, options: LogOptions): AsyncIterable<Uint8Array> {
  const since = sinceText(options);
  let remaining = options.limitBytes ?? Number.POSITIVE_INFINITY;
  let isLineStart = true;
  for await (const batch of entries) {
    const pieces: Buffer[] = [];
    for (const line of batch) {
      const entry = parseEntry(line);
      if (entry === undefined || (since !== undefined && entry.time < since)) continue;
      if (options.timestamps && isLineStart) pieces.push(Buffer.from(`${entry.time} `));
      pieces.push(entry.text);
      if (entry.isWhole) pieces.push(Buffer.from('\n'));
      isLineStart = entry.isWhole;
    }
    const bytes = Buffer.concat(pieces);
    if (bytes.length > 0) yield bytes.subarray(0, remaining);
    remaining -= bytes.length;
    if (remaining <= 0) return;
  }
}

function parseEntry(
  line: Buffer,
): { readonly time: string; readonly text: Buffer; readonly isWhole: boolean } | undefined {
  const time = line.indexOf(0x20);
  const stream = line.indexOf(0x20, time + 1);
  const tag = line.indexOf(0x20, stream + 1);
  // A torn last entry of a machine that lost power.
  if (time < 0 || stream < 0 || tag < 0) return undefined;
  return {
    time: line.toString('latin1', 0, time),
    text: line.subarray(tag + 1),
    isWhole: line[stream + 1] === 0x46,
  };
}

/** The API server hands times to the kubelet in whole seconds. Texts compare like times: same zone, same width. */
function sinceText({ sinceTime, sinceSeconds }: LogOptions): string | undefined {
  const time =
    sinceTime !== undefined
      ? Date.parse(sinceTime)
      : sinceSeconds !== undefined
        ? Date.now() - sinceSeconds * 1000
        : undefined;
  if (time === undefined || Number.isNaN(time)) return undefined;
  const text = new Date(time).toISOString();
  return sinceTime !== undefined ? text.slice(0, 19) : text.slice(0, 23);
}

/** Whole entries in batches; follows the log while it is written, from file to file. */
async function* lines(
  first: NumberedFile,
  startIn: (file: FileHandle) => number | Promise<number>,
  follow: LogFile | undefined,
  signal: AbortSignal,
): AsyncIterable<Buffer[]> {
  const changed = new EventEmitter();
  let version = 0;
  const forget = follow?.onChange(() => {
    version++;
    changed.emit('change');
  });
  let { file, number } = first;
  try {
    let position = await startIn(file);
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      signal.throwIfAborted();
      const before = version;
      const wasOpen = follow?.isOpen() ?? false;
      const isFull = follow !== undefined && follow.newest() > number;
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, position);
      if (bytesRead > 0) {
        position += bytesRead;
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(0x0a);
        rest = Buffer.from(bytes.subarray(end + 1));
        if (end >= 0) yield splitAtNewlines(bytes.subarray(0, end));
      } else if (isFull) {
        const next = await follow.openFile(number);
        await file.close();
        ({ file, number } = next);
        position = 0;
      } else if (!wasOpen && version === before) {
        return;
      } else if (version === before) {
        await once(changed, 'change', { signal });
      }
    }
  } finally {
    forget?.();
    await file.close();
  }
}

function splitAtNewlines(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    found.push(bytes.subarray(start, end === -1 ? bytes.length : end));
    if (end === -1) return found;
    start = end + 1;
  }
}

/** Where the last `count` entries begin, read backwards in chunks. */
async function tailStart(file: FileHandle, count: number): Promise<number> {
  const { size } = await file.stat();
  if (count <= 0) return size;
  let seen = 0;
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - chunkBytes);
    const { buffer } = await file.read(Buffer.allocUnsafe(end - begin), 0, end - begin, begin);
    for (let index = end - begin - 1; index >= 0; index--) {
      if (buffer[index] !== 0x0a || begin + index === size - 1) continue;
      seen++;
      if (seen === count) return begin + index + 1;
    }
    end = begin;
  }
  return 0;
}
