/** Lines kept per build: enough to scroll back through a long step; the whole log goes to disk. */
export const logRingLines = 5_000;

/** Longest kept line in UTF-16 units; the rest of a longer one is dropped, so that one giant line can't fill the memory. */
export const logLineLimit = 16_384;

/** Characters kept per build: with 200 builds of the longest lines the rings still fit into a few hundred megabytes. */
export const logRingCharacters = 1_000_000;

const chunkLines = 256;
const chunkCharacters = 65_536;

/** Where a line comes from: a program of the build, the executor (with its level), or kanikit itself (`notice`). */
export type LogSource =
  | 'output'
  | 'trace'
  | 'debug'
  | 'info'
  | 'warning'
  | 'error'
  | 'fatal'
  | 'panic'
  | 'notice';

/** One line of a build's log. */
export interface LogEntry {
  /** Untrusted text, at most `logLineLimit` long. */
  readonly text: string;
  readonly source: LogSource;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** 0-based stage and step, where known. */
  readonly stage: number | undefined;
  readonly step: number | undefined;
}

/** The last lines of a log. An immutable value: `appendLog` returns a new one and old ones keep their content. */
export interface LogRing {
  /** Lines ever appended; the newest has the number `total - 1`. */
  readonly total: number;
  /** Number of the oldest kept line. */
  readonly first: number;
  /** Kept characters. */
  readonly characters: number;
  readonly chunks: readonly LogChunk[];
}

/** A run of lines. Only the last chunk of a ring grows; a ring never looks beyond its own `count`. */
interface LogChunk {
  readonly entries: LogEntry[];
  readonly count: number;
  readonly characters: number;
}

export const emptyLog: LogRing = { total: 0, first: 0, characters: 0, chunks: [] };

/** Adds a line in O(1) amortised: rings that follow each other share their chunks. */
export function appendLog(ring: LogRing, entry: LogEntry): LogRing {
  const kept = entry.text.length > logLineLimit ? { ...entry, text: cut(entry.text) } : entry;
  const last = ring.chunks.at(-1);
  const isFull = last === undefined || last.count >= chunkLines || last.characters >= chunkCharacters;
  const grown = isFull ? newChunk(kept) : growChunk(last, kept);
  const chunks = isFull ? [...ring.chunks, grown] : ring.chunks.with(-1, grown);
  return dropOldest({
    total: ring.total + 1,
    first: ring.first,
    characters: ring.characters + kept.text.length,
    chunks,
  });
}

/** Lines with the numbers from `from` (inclusive) to `to` (exclusive), as far as they are kept. */
export function logSlice(ring: LogRing, from: number, to: number): readonly LogEntry[] {
  const result: LogEntry[] = [];
  let start = ring.first;
  for (const chunk of ring.chunks) {
    const end = start + chunk.count;
    if (end > from && start < to) {
      result.push(...chunk.entries.slice(Math.max(0, from - start), Math.min(chunk.count, to - start)));
    }
    start = end;
  }
  return result;
}

/** The newest `count` lines, oldest first. */
export function logTail(ring: LogRing, count: number): readonly LogEntry[] {
  return logSlice(ring, ring.total - count, ring.total);
}

function newChunk(entry: LogEntry): LogChunk {
  return { entries: [entry], count: 1, characters: entry.text.length };
}

/** The array is shared as long as history is linear; a second successor of the same ring gets a copy. */
function growChunk(chunk: LogChunk, entry: LogEntry): LogChunk {
  const entries = chunk.entries.length === chunk.count ? chunk.entries : chunk.entries.slice(0, chunk.count);
  entries.push(entry);
  return { entries, count: chunk.count + 1, characters: chunk.characters + entry.text.length };
}

/** Drops whole chunks while enough lines stay without the oldest one, or while the text is too much. */
function dropOldest(ring: LogRing): LogRing {
  let { first, characters } = ring;
  let dropped = 0;
  for (const chunk of ring.chunks.slice(0, -1)) {
    const isEnough = ring.total - first - chunk.count >= logRingLines;
    if (!isEnough && characters <= logRingCharacters) break;
    first += chunk.count;
    characters -= chunk.characters;
    dropped += 1;
  }
  return dropped === 0 ? ring : { ...ring, first, characters, chunks: ring.chunks.slice(dropped) };
}

/** A copy, not a slice: V8's slices keep the whole original in memory. */
function cut(text: string): string {
  return Buffer.from(text.slice(0, logLineLimit), 'utf16le').toString('utf16le');
}
