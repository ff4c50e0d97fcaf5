import { PassThrough, Writable, type Readable } from 'node:stream';
import type { LogFile, LogStreamName } from './log-file.ts';
import type { AttachStreams } from './pod-runtime.ts';

/** One piece of a container's output. */
export interface OutputChunk {
  readonly stream: LogStreamName;
  readonly bytes: Uint8Array;
}

/** The standard streams of one container: output goes to its log and to whoever is attached, input comes from the attached. */
export interface ContainerStreams {
  attach(): AttachStreams;
  /** Connects the program's streams; resolves when its output has ended and is in the log. */
  connect(
    program: {
      readonly stdin: Writable | null;
      readonly stdout: Readable;
      readonly stderr: Readable;
    },
    log: LogFile,
  ): Promise<void>;
  /** Throws away what is sent to stdin, for containers without a program. */
  discardInput(): void;
  /** Adds output that no program makes. */
  print(chunk: OutputChunk, log: LogFile): Promise<void>;
  /** Ends every attached stream, also when the program never started. */
  end(): void;
}

/** An attached client that reads slower holds the container back at this many bytes, as a container runtime does. */
const attachBufferBytes = 1024 * 1024;

export function createContainerStreams(options: {
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
}): ContainerStreams {
  const input = options.stdin ? new PassThrough() : undefined;
  // The program may close its stdin or end before everything is read.
  input?.on('error', () => undefined);
  const outputs = new Set<PassThrough>();
  let hasEnded = false;
  let isInputTaken = false;

  async function spread(chunk: OutputChunk, log: LogFile): Promise<void> {
    await log.append(chunk.stream, chunk.bytes);
    await Promise.all([...outputs].map((output) => writeTo(output, chunk)));
  }

  return {
    attach() {
      const output = new PassThrough({ objectMode: true, highWaterMark: attachBufferBytes / 65_536 });
      outputs.add(output);
      output.once('close', () => outputs.delete(output));
      if (hasEnded) output.end();
      const stdin = input === undefined || (isInputTaken && options.stdinOnce) ? undefined : input;
      isInputTaken = true;
      return {
        stdin: stdin && attachedInput(stdin, options.stdinOnce),
        output: output as AsyncIterable<OutputChunk>,
      };
    },
    async connect(program, log) {
      if (program.stdin !== null) {
        program.stdin.on('error', () => input?.resume());
        input?.pipe(program.stdin);
      }
      const pump = async (stream: LogStreamName): Promise<void> => {
        for await (const bytes of program[stream]) await spread({ stream, bytes: bytes as Buffer }, log);
      };
      await Promise.all([pump('stdout'), pump('stderr')]);
    },
    print: spread,
    discardInput: () => void input?.resume(),
    end() {
      hasEnded = true;
      for (const output of outputs) output.end();
      input?.destroy();
    },
  };
}

async function writeTo(output: PassThrough, chunk: OutputChunk): Promise<void> {
  if (output.destroyed || output.writableEnded || output.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      output.off('drain', done);
      output.off('close', done);
      resolve();
    };
    output.on('drain', done);
    output.on('close', done);
  });
}

/** What one client writes to. With `stdinOnce` the container sees the end of its input when this client ends or is lost. */
function attachedInput(input: PassThrough, once: boolean): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      if (input.destroyed || input.writableEnded) callback();
      else input.write(chunk, () => callback());
    },
    final(callback) {
      if (once) input.end();
      callback();
    },
    destroy(error, callback) {
      if (once && !input.writableEnded) input.end();
      callback(error);
    },
  });
}
