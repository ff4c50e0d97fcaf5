/** Longest line kept whole; a longer one is cut, so that a program that never ends its line can't fill the memory. */
const maxLineBytes = 64 * 1024 * 1024;
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
  const take = (last: Buffer): string => {
    const text = pending.length === 0 ? last : Buffer.concat([...pending, last]);
    pending = [];
    pendingBytes = 0;
    return text.toString('utf8');
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
      if (pendingBytes > trimProgressBytes) {
        pending = [trimProgress(Buffer.concat(pending))];
        pendingBytes = pending[0]?.length ?? 0;
      }
      if (pendingBytes > maxLineBytes) lines.push(take(Buffer.alloc(0)));
      return lines;
    },
    end: () => (pendingBytes === 0 ? undefined : take(Buffer.alloc(0))),
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
  const segments = line.split('\r').filter((segment) => segment !== '');
  return segments.at(-1) ?? '';
}
