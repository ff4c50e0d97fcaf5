import { setImmediate } from 'node:timers/promises';
import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LogLine } from '@kanikit/spec';
import { createApiClient, type ApiClient } from '../../api/client/api-client.ts';
import { defaultWaitingLimits } from '../observe/describe-waiting.ts';
import { createPodMonitor, type PodMonitor } from '../observe/pod-monitor.ts';
import { type FakeApiServer, type Fault, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { endedStatus, runningStatus, waitingStatus } from '../../testing/launches.ts';
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
    isHeld: false,
    deadlineSeconds: 600,
    limits: defaultWaitingLimits,
    stopMs: 1_000,
    onStarted: () => {},
    onSettled: () => {},
  });
  return {
    name,
    monitor,
    log: followLog({
      client,
      namespace: 'default',
      name,
      monitor,
      signal,
      backoff: { firstMs: 1, longestMs: 2 },
      statusLagMs: 1,
      stallMs: 50,
    }),
  };
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
  const random = createSeededRandom(seed).below;
  const texts = [
    '\n',
    'same\n',
    'é€😀 wide\n',
    'progress 1%\rprogress 2%\r100%\n',
    '2026-01-01T00:00:00Z not a time\n',
  ];
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
  const cutCount = 100;
  const seeds = Array.from({ length: 32 }, (_, index) => index + 1);

  test.each([seeds.slice(0, 8), seeds.slice(8, 16), seeds.slice(16, 24), seeds.slice(24)])(
    'random logs from seed %i on, each cut a hundred times, lose and repeat nothing',
    async (...group) => {
      const logs = group.map((seed) => startCut(seed));
      server.onRequest = ({ path }) => logs.find(({ name }) => path.includes(`/${name}/`))?.nextFault();
      for (const { expected, reading } of logs) {
        expect((await reading).map(String).join('')).toBe(expected.map(String).join(''));
      }
      expect(logs.map(({ cuts }) => cuts())).toEqual(group.map(() => cutCount));
    },
  );

  /** A log whose container ends once the cuts are used up, so that all of them hit a log that is being followed. */
  function startCut(seed: number): {
    readonly name: string;
    readonly expected: readonly Buffer[];
    readonly reading: Promise<Buffer[]>;
    nextFault(): Fault | undefined;
    cuts(): number;
  } {
    const random = createSeededRandom(seed * 7919).below;
    const followed = follow();
    const expected = writeRandomLog(followed.name, seed, 150);
    const sizeBytes = expected.reduce((sum, line) => sum + line.length, 0);
    let cuts = 0;
    run(followed);
    return {
      name: followed.name,
      expected,
      reading: read(followed.log),
      cuts: () => cuts,
      nextFault() {
        if (cuts >= cutCount) {
          end(followed);
          return undefined;
        }
        cuts += 1;
        if (random(10) === 0) return { kind: 'cut' };
        const bytes = random(4) === 0 ? random(64) : random(Math.ceil(sizeBytes * 1.25));
        return { kind: 'cut-after', bytes, isCleanEnd: random(3) === 0, afterMs: 15 };
      },
    };
  }

  test('a log that was rotated meanwhile goes on where it can', async () => {
    const followed = follow();
    const { name } = followed;
    const log = server.log(name);
    log.write(start, Buffer.from('one\n'));
    log.write(start + 1n, Buffer.from('two\n'));
    let isCut = false;
    server.onRequest = ({ path }) => {
      if (!path.includes(`/${name}/`)) return undefined;
      if (isCut) {
        log.rotate();
        log.write(start + 1n, Buffer.from('two\n'));
        log.write(start + 2n, Buffer.from('three\n'));
        end(followed);
        return undefined;
      }
      isCut = true;
      return { kind: 'cut-after', bytes: 1_000, afterMs: 20 };
    };
    run(followed);
    expect((await read(followed.log)).map(String)).toEqual(['one\n', 'two\n', 'three\n']);
  });

  test.each([
    ['whose clock goes back an hour', 3_600_000_000_000n],
    ['whose clock goes back ten seconds', 10_000_000_000n],
  ])('a node %s', async (_title, step) => {
    const followed = follow();
    const { name } = followed;
    const texts = Array.from({ length: 10 }, (__, index) => `${index}\n`);
    for (const [index, text] of texts.entries()) {
      server
        .log(name)
        .write(start + BigInt(index) * 100_000_000n - (index > 4 ? step : 0n), Buffer.from(text));
    }
    let cuts = 0;
    server.onRequest = ({ path }) => {
      if (!path.includes(`/${name}/`)) return undefined;
      cuts += 1;
      if (cuts <= 5) return { kind: 'cut-after', bytes: 33 * (5 + cuts), afterMs: 20 };
      end(followed);
      return undefined;
    };
    run(followed);
    expect((await read(followed.log)).map(String)).toEqual(texts);
  });
});

describe('answers', () => {
  test('the log is not asked for before the container runs', async () => {
    server.onRequest = () => undefined;
    const followed = follow();
    const reading = read(followed.log);
    followed.monitor.listener.changed({
      metadata: { name: followed.name },
      status: waitingStatus('ContainerCreating'),
    });
    server.log(followed.name).write(start, Buffer.from('now\n'));
    end(followed);
    expect((await reading).map(String)).toEqual(['now\n']);
    expect(server.requests.filter(({ path }) => path.includes(`/${followed.name}/`))).toHaveLength(1);
  });

  test.each([
    [400, 'container "kaniko" in pod "x" is waiting to start: ContainerCreating'],
    [429, 'too many requests'],
    [500, 'Get "https://node:10250/containerLogs": dial tcp: connect refused'],
    [404, 'the server could not find the requested resource'],
  ])('%i heals while the container runs', async (code, message) => {
    const followed = follow();
    let left = 3;
    server.onRequest = ({ path }) => {
      if (!path.includes(`/${followed.name}/`)) return undefined;
      left -= 1;
      if (left === 0) end(followed);
      return left > 0 ? { kind: 'answer', code, body: status(code, 'X', message).body } : undefined;
    };
    server.log(followed.name).write(start, Buffer.from('here\n'));
    run(followed);
    expect((await read(followed.log)).map(String)).toEqual(['here\n']);
  });

  test('a log that stays out of reach after the end is an error, not a short log', async () => {
    const followed = follow();
    server.onRequest = ({ path }) => (path.includes(`/${followed.name}/`) ? { kind: 'cut' } : undefined);
    run(followed);
    end(followed);
    await expect(read(followed.log)).rejects.toMatchObject({ code: 'log-incomplete' });
  });

  test('no right to read logs is told at once', async () => {
    const followed = follow();
    server.onRequest = ({ path }) =>
      path.includes(`/${followed.name}/`)
        ? { kind: 'answer', code: 403, body: status(403, 'Forbidden', 'pods/log is forbidden').body }
        : undefined;
    run(followed);
    await expect(read(followed.log)).rejects.toMatchObject({ code: 'cluster-denied' });
  });

  test('an abort ends the wait with its reason', async () => {
    server.onRequest = () => undefined;
    const abort = new AbortController();
    const followed = follow(abort.signal);
    run(followed);
    const reading = read(followed.log);
    abort.abort(new Error('stop'));
    await expect(reading).rejects.toThrow('stop');
  });

  test('a consumer that stops reading stops the server: nothing piles up', async () => {
    server.onRequest = () => undefined;
    const followed = follow();
    const line = Buffer.from(`${'x'.repeat(9_999)}\n`);
    const log = server.log(followed.name);
    for (let index = 0; index < 3_000; index += 1) log.write(start + BigInt(index), line);
    end(followed);
    const iterator = followed.log[Symbol.asyncIterator]();
    await iterator.next();
    // The buffers of the two ends of the connection fill up; then nothing moves any more.
    for (let before = -1; before !== log.served();) {
      before = log.served();
      for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    }
    expect(log.served()).toBeLessThan(2_000);
    let count = 1;
    while ((await iterator.next()).done !== true) count += 1;
    expect(count).toBe(3_000);
  });
});

test('the rest of an ended log is asked for again when its connection falls silent', async () => {
  const followed = follow();
  server.log(followed.name).write(start, Buffer.from('first\n'));
  server.log(followed.name).write(start + 1n, Buffer.from('second\n'));
  let hangs = 2;
  server.onRequest = () => {
    if (hangs === 0) return undefined;
    hangs -= 1;
    return { kind: 'hang' };
  };
  end(followed);
  expect((await read(followed.log)).map(String)).toEqual(['first\n', 'second\n']);
});

test('a node that has lost the log is not taken for a log without lines', async () => {
  const followed = follow();
  server.log(followed.name).writeRemark('failed to try resolving symlinks in path "/var/log/pods/x/0.log"\n');
  end(followed);
  await expect(read(followed.log)).rejects.toMatchObject({
    code: 'log-incomplete',
    message: expect.stringContaining('resolving symlinks') as string,
  });
});
