import { stripEnd } from '@kanikit/toolkit/text';

/** Longest line kept whole, also where a cluster hands it on in pieces. Of a longer one its ends are kept, for a program may never end its line. */
const maxLineBytes = 8 * 1024 * 1024;
/** How much of either end. The end may hold a line of the executor. */
const keptEndBytes = 1024 * 1024;
/** From this size on, the outdated part of a progress line (`10%\r20%\r…`) is dropped while it grows. */
const trimProgressBytes = 1024 * 1024;
const lineFeed = 10;
const carriageReturn = 13;

/** Cuts a byte stream into lines of text, wherever its chunks are cut. */
export interface LineSplitter {
  /** The lines that ended, without their line feed. Invalid UTF-8 becomes U+FFFD. */
  push(bytes: Uint8Array): readonly string[];
  /** What is left without a line feed at the end of the stream; undefined when nothing is. */
  end(): string | undefined;
}

export function createLineSplitter(): LineSplitter {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let nextTrimBytes = trimProgressBytes;
  /** The start of a line that is too long, and how much was left out behind it. */
  let start = '';
  let leftOutBytes = 0;
  const reset = (kept: readonly Buffer[]): void => {
    pending = [...kept];
    pendingBytes = kept.reduce((sum, { length }) => sum + length, 0);
    nextTrimBytes = pendingBytes + trimProgressBytes;
  };
  const take = (last: Buffer): string => {
    const text = (pending.length === 0 ? last : Buffer.concat([...pending, last])).toString('utf8');
    const whole = leftOutBytes === 0 ? text : `${start} … (${leftOutBytes} bytes left out) … ${text}`;
    reset([]);
    start = '';
    leftOutBytes = 0;
    return whole;
  };
  const shorten = (line: Buffer): void => {
    if (leftOutBytes === 0) start = line.toString('utf8', 0, keptEndBytes);
    leftOutBytes += line.length - keptEndBytes - (leftOutBytes === 0 ? keptEndBytes : 0);
    reset([Buffer.from(line.subarray(line.length - keptEndBytes))]);
  };
  return {
    push(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const end = buffer.lastIndexOf(lineFeed);
      // The rest is copied, since the caller may use its chunk again.
      const rest = Buffer.from(end < 0 ? buffer : buffer.subarray(end + 1));
      const lines = end < 0 ? [] : take(buffer.subarray(0, end)).split('\n');
      if (rest.length > 0) {
        pending.push(rest);
        pendingBytes += rest.length;
      }
      if (pendingBytes > nextTrimBytes) reset([trimProgress(Buffer.concat(pending))]);
      if (pendingBytes > maxLineBytes) shorten(Buffer.concat(pending));
      return lines;
    },
    end: () => (pendingBytes === 0 && leftOutBytes === 0 ? undefined : take(Buffer.alloc(0))),
  };
}

/** Keeps the last two segments: what a line is in the end, and what a header may be glued to. */
function trimProgress(line: Buffer): Buffer {
  const last = line.lastIndexOf(carriageReturn);
  if (last <= 0) return line;
  const before = line.lastIndexOf(carriageReturn, last - 1);
  const start = before <= 0 ? -1 : line.lastIndexOf(carriageReturn, before - 1);
  return start <= 0 ? line : line.subarray(start + 1);
}

/** What a terminal would show of a line with progress: the text after the last carriage return that is followed by any. */
export function lastSegment(line: string): string {
  if (!line.includes('\r')) return line;
  const kept = stripEnd(line, '\r');
  return kept.slice(kept.lastIndexOf('\r') + 1);
}
