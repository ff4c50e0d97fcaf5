import { setImmediate } from 'node:timers/promises';

/** A part of a line as a container runtime writes it: longer lines than 16 KiB have several, each with its own time. */
export interface LogPart {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  readonly bytes: Buffer;
  readonly isRemark?: boolean;
}

/** The log of a container, served as a kubelet serves it. */
export interface FakeLog {
  write(time: bigint, bytes: Buffer): void;
  /** Adds words of the node itself, without a time. */
  writeRemark(text: string): void;
  end(): void;
  /** Forgets what was written so far, as a rotation of the file does. */
  rotate(): void;
  serve(options: {
    readonly sinceTime: string | undefined;
    readonly isFollowed: boolean;
  }): AsyncGenerator<Buffer>;
  /** Parts that readers have taken so far, again where they read again. */
  served(): number;
}

const partBytes = 16 * 1024;

/** Makes an empty log. */
export function createFakeLog(): FakeLog {
  let parts: LogPart[] = [];
  let isEnded = false;
  let served = 0;
  let wake = Promise.withResolvers<void>();
  const notify = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  return {
    write(time, bytes) {
      for (let start = 0, step = 0n; start < bytes.length; start += partBytes, step += 200_000n) {
        parts.push({ time: time + step, bytes: bytes.subarray(start, start + partBytes) });
      }
      notify();
    },
    writeRemark(text) {
      parts.push({ time: 0n, bytes: Buffer.from(text), isRemark: true });
      notify();
    },
    end() {
      isEnded = true;
      notify();
    },
    rotate() {
      parts = [];
    },
    async *serve({ sinceTime, isFollowed }) {
      // The API server hands `sinceTime` on in whole seconds.
      const since =
        sinceTime === undefined ? 0n : BigInt(Math.floor(Date.parse(sinceTime) / 1000)) * 1_000_000_000n;
      let isLineStart = true;
      for (let index = 0; ;) {
        const part = parts[index];
        if (part === undefined) {
          if (isEnded || !isFollowed) return;
          await wake.promise;
          continue;
        }
        index += 1;
        if (part.isRemark !== true && part.time < since) continue;
        served += 1;
        yield isLineStart && part.isRemark !== true
          ? Buffer.concat([Buffer.from(`${formatTime(part.time)} `), part.bytes])
          : part.bytes;
        isLineStart = part.bytes.at(-1) === 10;
        if (index % 64 === 0) await setImmediate();
      }
    },
    served: () => served,
  };
}

function formatTime(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${
    String(time % 1_000_000_000n)
      .padStart(9, '0')
      .replace(/0+$/, '') || '0'
  }Z`;
}
