import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { PodScript } from '../scripted/scripted-runtime.ts';
import { podManifest, runForever, startTestApi, type TestApi } from './testing/test-api.ts';

const pods = '/api/v1/namespaces/default/pods';
const everything = 'stdin=true&stdout=true&stderr=true';
const withStdin = { containers: [{ name: 'executor', image: 'x', stdin: true, stdinOnce: true }] };

const count: PodScript = async ({ run, print, stdin }) => {
  run();
  let size = 0;
  for await (const bytes of stdin) size += bytes.length;
  print(`${size}\n`);
  print('done\n', 'stderr');
  return { exitCode: 7 };
};

interface Session {
  readonly socket: WebSocket;
  readonly messages: (readonly [channel: number, text: string])[];
  readonly closed: Promise<unknown>;
}

async function attach(api: TestApi, query: string, protocol: string): Promise<Session> {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${pods}/a/attach?${query}`, protocol, {
    headers: { authorization: 'Bearer admin-token' },
  });
  const messages: [number, string][] = [];
  socket.on('message', (data: Buffer) => messages.push([data[0]!, data.toString('utf8', 1)]));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, messages, closed };
}

async function startPod(api: TestApi, spec: object): Promise<void> {
  await api.call('POST', pods, podManifest('a', spec));
  await api.podUntil('a', ({ status }) => status.phase !== 'Pending');
}

test('streams stdin with a half-close, then the output, then success (v5)', async () => {
  await using api = await startTestApi({ script: count });
  await startPod(api, withStdin);
  const { socket, messages, closed } = await attach(api, everything, 'v5.channel.k8s.io');
  const chunk = Buffer.alloc(256 * 1024 + 1);
  for (let index = 0; index < 20; index += 1) socket.send(chunk);
  socket.send(Buffer.of(255, 0));
  await closed;
  expect(messages.filter(([, text]) => text !== '')).toEqual([
    [1, `${20 * 256 * 1024}\n`],
    [2, 'done\n'],
    [3, '{"metadata":{},"status":"Success"}'],
  ]);
});

test('the end of the connection is the end of stdin (v4)', async () => {
  await using api = await startTestApi({ script: count });
  await startPod(api, withStdin);
  const { socket } = await attach(api, 'stdin=true', 'v4.channel.k8s.io');
  socket.send(Buffer.from('\0hello'));
  socket.close();
  const pod = await api.podUntil('a', ({ status }) => status.phase === 'Failed');
  expect(pod.status.containerStatuses[0]?.state.terminated.exitCode).toBe(7);
  expect((await api.call('GET', `${pods}/a/log?tailLines=2`)).text).toBe('5\ndone\n');
});

test('a container that has ended is an error on the error channel', async () => {
  await using api = await startTestApi();
  await startPod(api, {});
  await api.podUntil('a', ({ status }) => status.phase === 'Succeeded');
  const { messages, closed } = await attach(api, everything, 'v5.channel.k8s.io');
  await closed;
  expect(messages).toHaveLength(1);
  expect(messages[0]?.[0]).toBe(3);
  expect(JSON.parse(messages[0]![1])).toMatchObject({
    status: 'Failure',
    reason: 'InternalError',
    message:
      'Internal error occurred: unable to upgrade connection: container executor not found in pod a_default',
  });
});

const refused: readonly (readonly [what: string, path: string, protocol: string, status: number])[] = [
  ['an absent pod', `${pods}/b/attach?${everything}`, 'v5.channel.k8s.io', 404],
  ['no stream at all', `${pods}/a/attach`, 'v5.channel.k8s.io', 400],
  ['another container', `${pods}/a/attach?${everything}&container=c`, 'v5.channel.k8s.io', 400],
  ['an unknown protocol', `${pods}/a/attach?${everything}`, 'v9.channel.k8s.io', 400],
  ['another resource', pods, 'v5.channel.k8s.io', 400],
];

test.each(refused)('refuses to attach to %s before the upgrade', async (_what, path, protocol, status) => {
  await using api = await startTestApi({ script: runForever });
  await startPod(api, {});
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}${path}`, protocol, {
    headers: { authorization: 'Bearer admin-token' },
  });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(status);
  socket.terminate();
});

test('attaching without a token is refused', async () => {
  await using api = await startTestApi();
  const socket = new WebSocket(
    `${api.url.replace('http', 'ws')}${pods}/a/attach?${everything}`,
    'v5.channel.k8s.io',
  );
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(401);
  socket.terminate();
});
