import type { StampedLine } from './log-lines.ts';
import { hashLine } from './hash-line.ts';

/**
 * Where a reader stands in a log, exact enough to go on after a cut.
 *
 * A log is a file that only grows, and `sinceTime` filters its lines one by one, with a precision of a second (the API server cuts the
 * fraction off). So a resumed answer has the same lines in the same order as were seen since that second, and then the new ones:
 * dropping as many as were seen drops exactly those, whether timestamps are equal, out of order, or both. Comparing what is dropped
 * finds the place again where the file was rotated meanwhile and the answer begins later.
 */
export interface LogPosition {
  /** Value for `sinceTime`; undefined reads from the beginning. */
  sinceTime(): string | undefined;
  /** Call at the start of each answer. */
  restart(): void;
  /** Whether the line of the current answer is new; remembers it then. */
  isNew(line: StampedLine): boolean;
}

/** Streams stamp their lines apart, so a line may be a little older than the one written before it. */
const slackMs = 1_000;
/** Lines of one window that are compared (16 bytes each); of earlier ones in it only the number is kept. */
const largestWindow = 200_000;
/** Runtimes write longer lines in parts with a time each, so `sinceTime` may begin in the middle of one. */
const partBytes = 16 * 1024;

/** Makes the position at the beginning of a log. */
export function createLogPosition(): LogPosition {
  let times: number[] = [];
  let keys: number[] = [];
  /** Lines of the window that came before those in `keys`. */
  let uncompared = 0;
  let total = 0;
  let windowStartMs = 0;
  /** The clock of the node went back: times no longer order the log, so resuming counts lines from its beginning. */
  let isClockLost = false;
  let straddling: Uint8Array | undefined;
  let cursor: number | undefined;
  let skip = 0;
  let isFirst = false;

  const slide = (startMs: number): void => {
    windowStartMs = startMs;
    uncompared = 0;
    const keep = times.map((time) => time >= startMs);
    keys = keys.filter((_, index) => keep[index]);
    times = times.filter((_, index) => keep[index]);
  };

  const remember = (line: StampedLine, key: number): void => {
    const { timeMs } = line.timestamp;
    total += 1;
    if (timeMs < windowStartMs) isClockLost = true;
    if (line.bytes.length >= partBytes) straddling = line.bytes;
    times.push(timeMs);
    keys.push(key);
    const startMs = Math.floor(timeMs / 1000) * 1000 - slackMs;
    if (startMs > windowStartMs) slide(startMs);
    if (keys.length > largestWindow) {
      const half = keys.length >> 1;
      uncompared += half;
      keys = keys.slice(half);
      times = times.slice(half);
    }
  };

  const wasSeen = (line: StampedLine, key: number): boolean => {
    if (cursor === undefined) return false;
    if (keys[cursor] === key) {
      cursor += 1;
      return true;
    }
    if (isFirst && straddling !== undefined && isTail(line.bytes, straddling)) return true;
    const later = keys.indexOf(key, cursor);
    if (later !== -1) cursor = later + 1;
    return later !== -1;
  };

  return {
    sinceTime() {
      if (isClockLost || total === 0) return undefined;
      return new Date(windowStartMs).toISOString().replace('.000Z', 'Z');
    },
    restart() {
      cursor = keys.length === 0 ? undefined : 0;
      skip = isClockLost ? total - keys.length : uncompared;
      isFirst = true;
    },
    isNew(line) {
      if (skip > 0) {
        skip -= 1;
        return false;
      }
      const key = hashLine(line.timestamp.text, line.bytes);
      const isKnown = wasSeen(line, key);
      isFirst = false;
      if (isKnown) return false;
      cursor = undefined;
      remember(line, key);
      return true;
    },
  };
}

function isTail(part: Uint8Array, whole: Uint8Array): boolean {
  return (
    part.length > 0 &&
    part.length < whole.length &&
    Buffer.compare(part, whole.subarray(whole.length - part.length)) === 0
  );
}
