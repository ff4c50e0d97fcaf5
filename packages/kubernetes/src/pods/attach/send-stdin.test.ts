import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ClusterPod } from '@kanikit/spec';
import type { WebSocket } from 'ws';
import { afterEach, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function startPod(
  protocols?: readonly string[],
): Promise<{ readonly server: FakeApiServer; readonly pod: ClusterPod }> {
  const server = await startFakeApiServer(protocols);
  const cluster = createCluster(server.connection);
  cleanups.push(
    async () => server[Symbol.asyncDispose](),
    () => cluster.close(),
  );
  return { server, pod: await cluster.launch(sampleLaunch({ isStdinUsed: true }), sampleRun()) };
}

const archive = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 251));
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* chunks(size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size);
}

async function* endless(onChunk: (bytes: number) => void = () => {}): AsyncGenerator<Uint8Array> {
  for (;;) {
    onChunk(65_536);
    yield Buffer.alloc(65_536);
  }
}

/** Plays a container that takes everything; `onEnd` is called with all it got at the half-close. */
function takeAll(socket: WebSocket, onEnd: (bytes: Buffer) => void): void {
  for (const channel of [1, 2, 3]) socket.send(Buffer.of(channel));
  const got: Buffer[] = [];
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0) got.push(data.subarray(1));
    else if (data[0] === 255 && data[1] === 0) onEnd(Buffer.concat(got));
  });
}

function say(socket: WebSocket, verdict: object): void {
  socket.send(Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(verdict))]));
  socket.close(1000);
}

test('waits for the container, sends every byte, ends the input, and takes the confirmation', async () => {
  const { server, pod } = await startPod();
  let got = '';
  server.onAttach = (socket) =>
    takeAll(socket, (bytes) => {
      got = digest(bytes);
      say(socket, { status: 'Success' });
    });
  const sending = pod.sendStdin(chunks(), sampleRun());
  expect(server.requests.some(({ path }) => path.endsWith('/attach'))).toBe(false);
  server.setStatus(pod.name, runningStatus);
  await sending;
  expect(got).toBe(digest(archive));
  const attach = server.requests.find(({ path }) => path.endsWith('/attach'));
  expect(Object.fromEntries(attach?.query ?? [])).toMatchObject({
    container: 'kaniko',
    stdin: 'true',
    stdout: 'false',
  });
  expect(attach?.headers.authorization).toBe('Bearer test-token');
});

test('an old server without half-close gets every byte and keeps its connection until the container ends', async () => {
  const { server, pod } = await startPod(['v4.channel.k8s.io']);
  let sizeBytes = 0;
  let isClosed = false;
  server.onAttach = (socket) => {
    socket.on('message', (data: Buffer) => (sizeBytes += data.length - 1));
    socket.once('close', () => (isClosed = true));
  };
  server.setStatus(pod.name, runningStatus);
  await pod.sendStdin(chunks(), sampleRun());
  await expect.poll(() => sizeBytes).toBe(archive.length);
  expect(isClosed).toBe(false);
  server.setStatus(pod.name, endedStatus(0));
  await expect.poll(() => isClosed).toBe(true);
});

test('a server that does not confirm is not waited for, and keeps its connection until the container ends', async () => {
  const { server, pod } = await startPod();
  let isEnded = false;
  let isClosed = false;
  server.onAttach = (socket) => {
    takeAll(socket, () => (isEnded = true));
    socket.once('close', () => (isClosed = true));
  };
  server.setStatus(pod.name, runningStatus);
  await pod.sendStdin(chunks(), sampleRun());
  expect([isEnded, isClosed]).toEqual([true, false]);
  server.setStatus(pod.name, endedStatus(0));
  await expect.poll(() => isClosed).toBe(true);
});

test.each([0, 1, 100_000, 2_999_000])(
  'a connection that breaks after %i bytes is an error, never a shorter context',
  async (limit) => {
    const { server, pod } = await startPod();
    server.onAttach = (socket) => {
      let left = limit;
      if (left === 0) socket.terminate();
      socket.on('message', (data: Buffer) => {
        left -= data.length;
        if (left <= 0) socket.terminate();
      });
    };
    server.setStatus(pod.name, runningStatus);
    const error = await pod.sendStdin(chunks(), sampleRun()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'context-stream-broken', retryable: true });
    await pod.remove();
    expect(server.store.names('pods')).toEqual([]);
  },
);

test('what the server says about a failed stream is told', async () => {
  const { server, pod } = await startPod();
  server.onAttach = (socket) =>
    takeAll(socket, () => say(socket, { status: 'Failure', message: 'error attaching: no such container' }));
  server.setStatus(pod.name, runningStatus);
  await expect(pod.sendStdin(chunks(), sampleRun())).rejects.toThrow('no such container');
});

test('a container that ends first is an error that points to its log', async () => {
  const { server, pod } = await startPod();
  server.onAttach = (socket) => {
    server.setStatus(pod.name, endedStatus(1));
    socket.once('message', () => void setImmediate().then(() => socket.terminate()));
  };
  server.setStatus(pod.name, runningStatus);
  const error = await pod.sendStdin(endless(), sampleRun()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'context-stream-broken', retryable: false });
});

test("the archive's own error passes unchanged, and the input is never ended as if it were whole", async () => {
  const { server, pod } = await startPod();
  let isEnded = false;
  server.onAttach = (socket) => takeAll(socket, () => (isEnded = true));
  server.setStatus(pod.name, runningStatus);
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield archive.subarray(0, 50_000);
    throw new Error('file vanished');
  }
  await expect(pod.sendStdin(failing(), sampleRun())).rejects.toThrow('file vanished');
  expect(isEnded).toBe(false);
});

test('an abort ends the stream with its reason', async () => {
  const { server, pod } = await startPod();
  const abort = new AbortController();
  server.onAttach = (socket) => {
    socket.pause();
    abort.abort(new Error('stop'));
  };
  server.setStatus(pod.name, runningStatus);
  await expect(pod.sendStdin(chunks(), sampleRun(abort.signal))).rejects.toThrow('stop');
});

test('a slow container slows the packing down', async () => {
  const { server, pod } = await startPod();
  let sentBytes = 0;
  const abort = new AbortController();
  server.onAttach = (socket) => socket.pause();
  server.setStatus(pod.name, runningStatus);
  const sending = pod.sendStdin(
    endless((bytes) => (sentBytes += bytes)),
    sampleRun(abort.signal),
  );
  let before = -1;
  while (before !== sentBytes || sentBytes === 0) {
    before = sentBytes;
    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
  }
  expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  abort.abort(new Error('enough'));
  await expect(sending).rejects.toThrow('enough');
});

test('a refused attach says why; a busy server is asked again', async () => {
  const { server, pod } = await startPod();
  server.setStatus(pod.name, runningStatus);
  const codes = [503, 500];
  server.onRequest = ({ path }) => {
    const code = path.endsWith('/attach') ? (codes.shift() ?? 403) : undefined;
    return code === undefined
      ? undefined
      : { kind: 'answer', code, body: status(code, 'X', 'pods/attach is forbidden').body };
  };
  const error = await pod.sendStdin(chunks(), sampleRun()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'cluster-denied' });
  expect((error as Error).message).toContain('pods/attach is forbidden');
});
