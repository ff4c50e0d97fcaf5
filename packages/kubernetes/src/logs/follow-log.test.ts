import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '@kanikit/spec';
import { createApiClient, type ApiClient } from '../client/api-client.ts';
import { defaultWaitingLimits } from '../observe/describe-waiting.ts';
import { createPodMonitor, type PodMonitor } from '../observe/pod-monitor.ts';
import { type FakeApiServer, startFakeApiServer } from '../testing/fake-api-server.ts';
import { status } from '../testing/fake-store.ts';
import { endedStatus, runningStatus } from '../testing/launches.ts';
import { createRandom } from '../testing/random.ts';
import { followLog } from './follow-log.ts';

let server: FakeApiServer;
let client: ApiClient;
let count = 0;

beforeAll(async () => {
  server = await startFakeApiServer();
  client = createApiClient(server.connection);
});
afterAll(async () => {
  client.close();
  await server[Symbol.asyncDispose]();
});

interface Followed {
  readonly name: string;
  readonly monitor: PodMonitor;
  readonly log: AsyncIterable<LogLine>;
}

function follow(signal: AbortSignal = new AbortController().signal): Followed {
  count += 1;
  const name = `pod-${count}`;
  const monitor = createPodMonitor({
    signal,
    deadlineSeconds: 600,
    limits: defaultWaitingLimits,
    stopMs: 1_000,
    onStarted: () => {},
    onSettled: () => {},
  });
  return { name, monitor, log: followLog({ client, namespace: 'default', name, monitor, signal, backoff: { firstMs: 1, longestMs: 2 } }) };
}

function run({ monitor, name }: Followed): void {
  monitor.listener.changed({ metadata: { name }, status: runningStatus });
}

function end({ monitor, name }: Followed): void {
  server.log(name).end();
  monitor.listener.changed({ metadata: { name }, status: endedStatus(0) });
}

async function read(log: AsyncIterable<LogLine>): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  for await (const line of log) lines.push(Buffer.from(line.bytes));
  return lines;
}

const start = 1_763_874_000_000_000_000n;

/** Lines with equal, close, distant and disordered times; multi-byte characters, carriage returns, equal and empty lines, long ones. */
function writeRandomLog(name: string, seed: number, lineCount: number): Buffer[] {
  const random = createRandom(seed);
  const texts = ['\n', 'same\n', 'é€😀 wide\n', 'progress 1%\rprogress 2%\r100%\n', '2026-01-01T00:00:00Z not a time\n'];
  const lines: Buffer[] = [];
  let time = start;
  for (let index = 0; index < lineCount; index += 1) {
    const kind = random(100);
    const isLast = index === lineCount - 1;
    const text =
      kind < 50
        ? texts[random(texts.length)]!
        : kind < 97
          ? `line ${index} ${'x'.repeat(random(120))}\n`
          : `${index}${'long '.repeat(random(20_000))}\n`;
    const line = Buffer.from(isLast && random(2) === 0 ? text.slice(0, -1) + '.' : text);
    // Streams are stamped apart: now and then a line is older than the one before it.
    const step = random(10);
    time += step < 4 ? 0n : step < 9 ? BigInt(random(400_000_000)) : BigInt(random(3_000)) * 1_000_000n;
    server.log(name).write(random(20) === 0 ? time - BigInt(random(300_000_000)) : time, line);
    lines.push(line);
  }
  return lines;
}

describe('cuts', () => {
  test.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'random log %i, cut a hundred times, loses and repeats nothing',
    async (seed) => {
      const random = createRandom(seed * 7919);
      const followed = follow();
      const expected = writeRandomLog(followed.name, seed, 150);
      const sizeBytes = expected.reduce((sum, line) => sum + line.length, 0);
      let cuts = 0;
      server.onRequest = ({ path }) => {
        if (!path.includes(followed.name) || cuts >= 100) return undefined;
        cuts += 1;
        const bytes = random(4) === 0 ? random(64) : random(sizeBytes + sizeBytes / 4);
        return random(10) === 0 ? { kind: 'cut' } : { kind: 'cut-after', bytes, isCleanEnd: random(3) === 0 };
      };
      run(followed);
      const reading = readQuickly(followed);
      const got = await reading;
      expect(got.map(String).join('')).toBe(expected.map(String).join(''));
      expect(cuts).toBe(100);
    },
  );

  /** Ends the container once the cuts are used up, so that all of them hit a log that is being followed. */
  async function readQuickly(followed: Followed): Promise<Buffer[]> {
    const reading = read(followed.log);
    const timer = setInterval(() => {
      const asked = server.requests.filter(({ path }) => path.includes(`/${followed.name}/`)).length;
      if (asked > 100) end(followed);
    }, 5);
    try {
      return await reading;
    } finally {
      clearInterval(timer);
    }
  }
});
