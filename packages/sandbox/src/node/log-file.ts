import { EventEmitter } from 'node:events';
import { openRotatedFile, type NumberedFile } from './rotated-file.ts';

/**
 * A container's log on disk, in the CRI format that a kubelet reads: `TIME STREAM TAG TEXT`, where the tag is `F` for a line's end and `P` for a
 * part of one. It is in several files, the newest of which is at `path`.
 */
export interface LogFile {
  readonly path: string;
  /** Adds output in the order of the calls; resolves when it is written. Lines are kept back until they end. */
  append(stream: LogStreamName, bytes: Uint8Array): Promise<void>;
  /** Writes what a stream left without a line end, and closes the file. */
  end(): Promise<void>;
  /** True until `end` has written all: who sees false finds the whole log in the file. */
  readonly isOpen: () => boolean;
  /** Number of the newest file. Those before it do not change any more. */
  readonly newest: () => number;
  /** Opens the file that follows this number, or the oldest one that is still there; without a number the newest. The caller closes it. */
  openFile(after?: number): Promise<NumberedFile>;
  /** Calls back after each write and at the end, until the returned function is called. */
  onChange(listener: () => void): () => void;
}

export type LogStreamName = 'stdout' | 'stderr';

/** Longer lines are stored in parts, as containerd does. */
export const longestPartBytes: number = 16 * 1024;

/** Opens the log for appending. `now` gives nanoseconds since the epoch. */
export async function openLogFile(
  path: string,
  now: () => bigint = createClock(),
  fileLimitBytes?: number,
): Promise<LogFile> {
  const file = await openRotatedFile(path, fileLimitBytes);
  const rest: Record<LogStreamName, Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  const changes = new EventEmitter().setMaxListeners(0);
  let isOpen = true;
  let isEnding = false;
  let queue = Promise.resolve();

  function write(entries: Buffer[]): Promise<void> {
    queue = queue.then(() => file.append(entries)).then(() => void changes.emit('change'));
    return queue;
  }

  return {
    path,
    append(stream, bytes) {
      if (isEnding) throw new Error(`The log ${path} is closed.`);
      const entries: Buffer[] = [];
      rest[stream] = splitLines(Buffer.concat([rest[stream], bytes]), (text, tag) =>
        entries.push(entry(now(), stream, tag, text)),
      );
      return entries.length === 0 ? Promise.resolve() : write(entries);
    },
    async end() {
      if (isEnding) return;
      isEnding = true;
      const entries = (['stdout', 'stderr'] as const)
        .filter((stream) => rest[stream].length > 0)
        .map((stream) => entry(now(), stream, 'P', rest[stream]));
      try {
        await write(entries);
      } finally {
        isOpen = false;
        await file.close();
        changes.emit('change');
      }
    },
    isOpen: () => isOpen,
    newest: file.newest,
    // In its turn: no file is moved meanwhile. A write that failed keeps nobody from what was written.
    openFile: (after) => queue.catch(() => undefined).then(() => file.open(after)),
    onChange(listener) {
      changes.on('change', listener);
      return () => void changes.off('change', listener);
    },
  };
}

/** Hands out lines and parts, and returns what has not ended. */
function splitLines(bytes: Buffer, emit: (text: Buffer, tag: 'F' | 'P') => void): Buffer {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end - start > longestPartBytes) {
      emit(bytes.subarray(start, start + longestPartBytes), 'P');
      start += longestPartBytes;
    } else if (newline === -1) {
      break;
    } else {
      emit(bytes.subarray(start, end), 'F');
      start = end + 1;
    }
  }
  return Buffer.from(bytes.subarray(start));
}

function entry(time: bigint, stream: LogStreamName, tag: 'F' | 'P', text: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${formatTime(time)} ${stream} ${tag} `), text, Buffer.from('\n')]);
}

/** RFC 3339 with nine digits, in UTC. */
export function formatTime(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** Wall-clock time in nanoseconds that never goes back or repeats. */
function createClock(): () => bigint {
  const offset = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  let last = 0n;
  return () => {
    const time = process.hrtime.bigint() + offset;
    last = time > last ? time : last + 1n;
    return last;
  };
}
