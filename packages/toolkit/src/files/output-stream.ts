import { close, constants, createWriteStream, open, stat, write, type WriteStream } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';

export interface OutputStreamOptions {
  /** Of a file that is made. @default 0o666 */
  readonly mode?: number | undefined;
}

type Opened = (error: NodeJS.ErrnoException | null, descriptor: number) => void;
type Written = (error: NodeJS.ErrnoException | null, written?: number) => void;

/** How often a pipe without a reader is tried again. */
const retryMs = 20;
const pipeFlags = constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A stream into a file that a user named. Waiting for a pipe (its reader, or room in it) blocks no thread: a blocked one can't be stopped, and
 * the process can't end before it.
 */
export function createOutputStream(path: string, { mode = 0o666 }: OutputStreamOptions = {}): WriteStream {
  let pipe: Socket | undefined;
  const stream: WriteStream = createWriteStream(path, {
    mode,
    fs: {
      open: (_path: string, flags: number, fileMode: number, opened: Opened) => {
        stat(path, (_error, stats) => {
          if (stats?.isFIFO() !== true) return open(path, flags, fileMode, opened);
          openPipe(
            path,
            () => stream.destroyed,
            (error, descriptor) => {
              if (error === null) pipe = connect(descriptor);
              opened(error, descriptor);
            },
          );
        });
      },
      write: (
        descriptor: number,
        bytes: Buffer,
        start: number,
        length: number,
        at: number,
        written: Written,
      ) => {
        if (pipe === undefined) write(descriptor, bytes, start, length, at, written);
        else pipe.write(bytes.subarray(start, start + length), (error) => written(error ?? null, length));
      },
      close: (descriptor: number, closed: (error?: Error | null) => void) => {
        if (pipe === undefined) return close(descriptor, closed);
        pipe.once('close', () => closed()).destroy();
      },
    },
  });
  return stream;
}

/** Writes all of a file that a user named, which may be a pipe. */
export async function writeOutput(path: string, content: string): Promise<void> {
  const stream = createOutputStream(path);
  stream.end(content);
  await finished(stream);
}

/** Opens the pipe once it has a reader. */
function openPipe(path: string, isGivenUp: () => boolean, opened: Opened): void {
  open(path, pipeFlags, (error, descriptor) => {
    if (error?.code !== 'ENXIO' || isGivenUp()) return opened(error, descriptor);
    setTimeout(() => openPipe(path, isGivenUp, opened), retryMs);
  });
}

function connect(descriptor: number): Socket {
  const pipe = new Socket({ fd: descriptor, readable: false, writable: true });
  // Each write tells its own error.
  pipe.on('error', () => {});
  return pipe;
}
