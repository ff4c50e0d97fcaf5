import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ApiObject } from '../objects.ts';

/** One write: an object as it became, or as it was when it went. */
export interface JournalEntry {
  readonly version: number;
  readonly type: 'put' | 'delete';
  readonly resource: string;
  readonly object: ApiObject;
}

export interface Journal {
  /** What was on disk: the objects of the snapshot, and every whole entry after it. */
  readonly snapshotVersion: number;
  readonly snapshot: readonly JournalEntry[];
  readonly entries: readonly JournalEntry[];
  /** Bytes appended since the last snapshot. */
  sizeBytes(): number;
  /** Appends one entry. When it throws (disk full), nothing of it stays in the file. */
  append(entry: JournalEntry): void;
  /** Replaces everything by a snapshot. */
  compact(version: number, objects: Iterable<{ resource: string; object: ApiObject }>): void;
  close(): void;
}

/**
 * Opens the journal of a folder: `snapshot.jsonl` (replaced by rename) plus `journal.jsonl` (append-only, one entry a line).
 * A write is one `write(2)` before the request is answered, so it survives `kill -9`; a torn last line is cut off.
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const snapshotPath = join(folder, 'snapshot.jsonl');
  const snapshot = existsSync(snapshotPath) ? readSnapshot(snapshotPath) : { version: 0, entries: [] };
  const file = openSync(join(folder, 'journal.jsonl'), 'a+', 0o600);
  const read = readJournal(readFileSync(join(folder, 'journal.jsonl')));
  if (fstatSync(file).size > read.wholeBytes) ftruncateSync(file, read.wholeBytes);
  let size = read.wholeBytes;
  return {
    snapshotVersion: snapshot.version,
    snapshot: snapshot.entries,
    // After a crash between the two steps of `compact`, entries that the snapshot already holds are still in the journal.
    entries: read.entries.filter((entry) => entry.version > snapshot.version),
    sizeBytes: () => size,
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        writeAll(file, line);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
      size += line.length;
    },
    compact(version, objects) {
      writeSnapshot(snapshotPath, version, objects);
      ftruncateSync(file, 0);
      size = 0;
    },
    close: () => closeSync(file),
  };
}

function readSnapshot(path: string): { version: number; entries: JournalEntry[] } {
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n');
  const { version } = JSON.parse(head ?? '') as { version: number };
  return { version, entries: lines.filter((line) => line !== '').map((line) => JSON.parse(line)) };
}

function readJournal(bytes: Buffer): { entries: JournalEntry[]; wholeBytes: number } {
  const entries: JournalEntry[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return { entries, wholeBytes: start };
    const entry = parseEntry(bytes.toString('utf8', start, end));
    if (entry === undefined) return { entries, wholeBytes: start };
    entries.push(entry);
    start = end + 1;
  }
}

function parseEntry(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    // Garbage after a crash of the whole machine: what stands before it is still good.
    return undefined;
  }
}

function writeSnapshot(
  path: string,
  version: number,
  objects: Iterable<{ resource: string; object: ApiObject }>,
): void {
  const lines = [JSON.stringify({ version })];
  for (const { resource, object } of objects)
    lines.push(JSON.stringify({ version, type: 'put', resource, object }));
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeAll(file, Buffer.from(`${lines.join('\n')}\n`));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}
