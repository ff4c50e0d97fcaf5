import { PassThrough, Writable } from 'node:stream';
import type { Io } from '../io.ts';

export interface TestIoOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What is on standard input. */
  readonly input?: string | Uint8Array;
  /** True for three terminals. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Streams in memory for a command, and what was written to them. */
export interface TestIo {
  readonly io: Io;
  readonly out: () => string;
  readonly err: () => string;
}

export function createTestIo(options: TestIoOptions = {}): TestIo {
  const { env = {}, input, isTTY = false, columns, rows } = options;
  const terminal = { isTTY, columns, rows };
  const stdout = new Collector();
  const stderr = new Collector();
  const stdin = new PassThrough();
  if (input !== undefined) stdin.end(input);
  return {
    io: {
      env,
      stdin: Object.assign(stdin, { isTTY }) as unknown as NodeJS.ReadStream,
      stdout: Object.assign(stdout, terminal) as unknown as NodeJS.WriteStream,
      stderr: Object.assign(stderr, terminal) as unknown as NodeJS.WriteStream,
      version: '1.2.3',
    },
    out: () => stdout.text,
    err: () => stderr.text,
  };
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
