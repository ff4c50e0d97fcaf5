import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** One line of a log that was asked for with timestamps. */
export interface StampedLine {
  readonly timestamp: Timestamp;
  /** Content without the timestamp, with its newline where it has one. */
  readonly bytes: Uint8Array;
}

/** What the splitter tells. */
export interface LogLineSink {
  /** A whole line with its newline, or the last piece of the log without one. */
  line(line: StampedLine): void;
  /** Text without a timestamp: the node speaking about the log, not the container. */
  remark(text: string): void;
}

/** Cuts the bytes of a log answer into lines. Works on bytes, so no character is ever cut. */
export interface LogSplitter {
  write(chunk: Buffer): void;
  /** The answer is complete: what is held is the last line, without a newline. */
  end(): void;
}

/**
 * Longest line that is told whole. Longer ones (a program that never ends its line) are told in pieces of this size: memory would grow, and whoever
 * looks for secrets in a piece can do nothing else until the end of it.
 */
const longestLineBytes = 2 * 1024 * 1024;

const newline = 10;

/** Makes a splitter for one answer. */
export function createLogSplitter(sink: LogLineSink, limitBytes: number = longestLineBytes): LogSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let pieceOf: Timestamp | undefined;

  const emit = (bytes: Buffer, isLineEnd: boolean): void => {
    if (pieceOf !== undefined) {
      sink.line({ timestamp: pieceOf, bytes });
    } else {
      const space = bytes.indexOf(32);
      const timestamp = space === -1 ? undefined : parseTimestamp(bytes.toString('latin1', 0, space));
      if (timestamp === undefined) {
        sink.remark(bytes.toString('utf8').trimEnd());
        return;
      }
      sink.line({ timestamp, bytes: bytes.subarray(space + 1) });
      pieceOf = timestamp;
    }
    if (isLineEnd) pieceOf = undefined;
  };

  const flush = (last: Buffer, isLineEnd: boolean): void => {
    const bytes = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    emit(bytes, isLineEnd);
  };

  const hold = (rest: Buffer): void => {
    let left = rest;
    // Always cut at the same byte, so that pieces of an answer that comes again are the same pieces.
    while (heldBytes + left.length >= limitBytes) {
      const size = limitBytes - heldBytes;
      flush(left.subarray(0, size), false);
      left = left.subarray(size);
    }
    if (left.length === 0) return;
    held.push(left);
    heldBytes += left.length;
  };

  return {
    write(chunk) {
      let start = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
        const line = chunk.subarray(start, at + 1);
        if (heldBytes + line.length <= limitBytes) {
          flush(line, true);
        } else {
          hold(chunk.subarray(start, at));
          flush(chunk.subarray(at, at + 1), true);
        }
        start = at + 1;
      }
      hold(chunk.subarray(start));
    },
    end() {
      if (heldBytes > 0) flush(Buffer.alloc(0), true);
    },
  };
}
