import type { Redactor } from './redactor.ts';

/** Redacts a log line by line. A line that is too long comes in pieces: the end of a piece waits for the next one, since a secret may stand across both. */
export interface LineRedactor {
  /** What can be shown now; empty where all of it waits. */
  next(line: Uint8Array): Uint8Array;
  /** What still waits at the end of the log. */
  end(): Uint8Array;
}

/** Longest secret that is seen where it stands across two pieces. */
const waitingBytes = 64 * 1024;
const lineFeed = 10;
const blank = 32;
const nothing = Buffer.alloc(0);

export function createLineRedactor(redactor: Redactor): LineRedactor {
  let waiting: Buffer = nothing;
  return {
    next(line) {
      const piece = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
      if (piece.at(-1) === lineFeed && waiting.length === 0) return redactor.bytes(line);
      const text = Buffer.concat([waiting, piece]);
      waiting = nothing;
      if (piece.at(-1) === lineFeed) return redactor.bytes(text);
      const cut = placeToCut(text, redactor);
      waiting = text.subarray(cut);
      return redactor.bytes(text.subarray(0, cut));
    },
    end() {
      const rest = redactor.bytes(waiting);
      waiting = nothing;
      return rest;
    },
  };
}

function placeToCut(text: Buffer, redactor: Redactor): number {
  const latest = text.length - waitingBytes;
  if (latest <= 0) return 0;
  // What is hidden by its form has no blanks in it, as a rule.
  const afterBlank = text.lastIndexOf(blank, latest) + 1;
  const start = redactor.cutBefore(text, afterBlank > latest - waitingBytes ? afterBlank : latest);
  // A secret as long as the whole piece is hidden as far as it goes.
  return start > 0 ? start : latest;
}
