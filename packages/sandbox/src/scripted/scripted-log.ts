import type { LogOptions } from '../node/pod-runtime.ts';

/** One write of a scripted container. */
export interface ScriptedOutput {
  readonly timeMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

/** The output of a scripted container, kept in memory. */
export interface ScriptedLog {
  append(stream: 'stdout' | 'stderr', bytes: Buffer): void;
  end(): void;
  /** What the kubelet would serve for these options. */
  read(options: LogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Everything written from now on. */
  follow(signal?: AbortSignal): AsyncIterable<ScriptedOutput>;
}

export function createScriptedLog(now: () => number): ScriptedLog {
  const outputs: ScriptedOutput[] = [];
  let isEnded = false;
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  async function* from(start: number, signal?: AbortSignal): AsyncGenerator<ScriptedOutput> {
    signal?.addEventListener('abort', wake, { once: true });
    for (let index = start; signal?.aborted !== true;) {
      const output = outputs[index];
      if (output !== undefined) {
        index += 1;
        yield output;
      } else if (isEnded) return;
      else await changed.promise;
    }
  }

  return {
    append(stream, bytes) {
      // One entry a line, as the log files of a node have it.
      for (const line of splitLines(bytes)) outputs.push({ timeMs: now(), stream, bytes: line });
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    follow: (signal) => from(outputs.length, signal),
    async *read(options, signal) {
      const since = sinceOf(options, now());
      const written = outputs.length;
      const recent = outputs.findIndex((output) => output.timeMs >= since);
      const firstRecent = recent < 0 ? written : recent;
      const start = Math.max(firstRecent, written - (options.tailLines ?? written));
      let left = options.limitBytes ?? Infinity;
      for await (const output of options.follow === true ? from(start, signal) : outputs.slice(start)) {
        const bytes = options.timestamps === true ? stamped(output) : output.bytes;
        yield bytes.subarray(0, left);
        left -= bytes.length;
        if (left <= 0) return;
      }
    },
  };
}

function sinceOf(options: LogOptions, now: number): number {
  if (options.sinceTime !== undefined) return Date.parse(options.sinceTime);
  return options.sinceSeconds === undefined ? 0 : now - options.sinceSeconds * 1000;
}

function stamped(output: ScriptedOutput): Buffer {
  return Buffer.concat([Buffer.from(`${new Date(output.timeMs).toISOString()} `), output.bytes]);
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}
