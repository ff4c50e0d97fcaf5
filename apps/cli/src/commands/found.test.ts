import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';

/** Runs the command against an API server that answers as told. */
async function run(
  args: readonly string[],
  answer: RequestListener | undefined,
  terminal?: Parameters<typeof createTestIo>[0],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-found-'));
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  if (answer === undefined) server.close();
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });
  const kubeconfig = join(folder, 'config');
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'c', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c', namespace: 'ci' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const { io, out, err } = createTestIo({ env: {}, ...terminal });
  const code = await main([...args, '--kubeconfig', kubeconfig], io);
  return { code, out: out(), err: err() };
}

const answerAll =
  (code: number, body: object): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const empty = answerAll(200, { items: [] });
const forbidden = answerAll(403, {
  kind: 'Status',
  code: 403,
  reason: 'Forbidden',
  message: 'pods is forbidden: User "x" cannot list resource "pods"',
});

const commands = ['ps', 'logs a', 'attach a', 'cancel a', 'inspect a', 'prune'];

test.each(commands)('%s of a server that is away: said, and 3', async (command) => {
  const { code, err, out } = await run(command.split(' '), undefined);
  expect(code).toBe(3);
  expect(err).toMatch(/^error: Listing pods in namespace ci on http:\/\/127\.0\.0\.1:\d+: /);
  expect(out).toBe('');
});

test.each(commands)('%s without the right to list pods: said, and 3', async (command) => {
  const { code, err } = await run(command.split(' '), forbidden);
  expect(code).toBe(3);
  expect(err).toContain('cannot list resource "pods"');
});

test.each([['logs'], ['attach'], ['cancel'], ['inspect']])(
  '%s of a build that is none: said, and 2',
  async (name) => {
    const { code, err } = await run([name, 'a'], empty);
    expect(code).toBe(2);
    expect(err).toContain('Looking for build "a" in namespace ci of c: there is none of that name.');
  },
);

test.each([...commands, 'cancel --all', 'prune --dry-run'])(
  '%s in a namespace that is not there: said, and 3',
  async (command) => {
    const { code, err, out } = await run(command.split(' '), (request, response) => {
      if (request.url === '/api/v1/namespaces/ci')
        return answerAll(404, {
          kind: 'Status',
          code: 404,
          reason: 'NotFound',
          details: { kind: 'namespaces' },
        })(request, response);
      empty(request, response);
    });
    expect(code).toBe(3);
    expect(err).toMatch(/Looking for namespace ci on \S+: it does not exist\.\n +hint: Create it/);
    expect(out).toBe('');
  },
);

test('nothing to list, to cancel and to prune is no failure', async () => {
  expect(await run(['ps'], empty)).toEqual({
    code: 0,
    out: '',
    err: 'No builds are running in namespace ci of c.\n',
  });
  expect((await run(['ps', '--all'], empty)).err).toBe('There are no builds in namespace ci of c.\n');
  expect((await run(['ps', '--json'], empty)).out).toBe('{"schema":"kanikit.builds/1","builds":[]}\n');
  expect(await run(['cancel', '--all'], empty)).toEqual({
    code: 0,
    out: '',
    err: 'There is no build to cancel in namespace ci of c.\n',
  });
  expect(await run(['prune'], empty)).toEqual({
    code: 0,
    out: '',
    err: 'There is nothing to remove in namespace ci of c.\n',
  });
});

test.each([
  [['cancel'], 'needs the names of builds, or --all'],
  [['cancel', 'a', '--all'], 'needs the names of builds, or --all'],
  [['ps', '-A', '-n', 'x'], '--all-namespaces contradicts --namespace'],
  [['ps', '--sandbox'], '--sandbox is a cluster of its own'],
])('%j is bad usage', async (args, words) => {
  const { code, err } = await run(args, empty);
  expect(code).toBe(2);
  expect(err).toContain(words);
});

/** Someone else's build: escape sequences in every field that the API accepts, and malformed annotations. */
const evil = '\u001b]0;t\u0007\u001b[2J\u009b2J\u202e';
const lines = `first ${evil}\n\u001b[31mlast`;
const strangers: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://api');
  if (pathname.endsWith('/log')) {
    const stamped = lines.split('\n').map((line, index) => `2026-11-25T00:00:0${index}.000000000Z ${line}`);
    response.writeHead(200).end(stamped.join('\n'));
    return;
  }
  const pod = {
    metadata: {
      name: 'kanikit-a',
      namespace: 'ci',
      uid: 'u',
      creationTimestamp: '2026-11-25T00:00:00Z',
      labels: { 'kanikit.dev/run': 'r1', 'kanikit.dev/build': 'a', 'kanikit.dev/client': 'c' },
      annotations: {
        'kanikit.dev/name': evil,
        'kanikit.dev/owner': evil,
        'kanikit.dev/context': evil,
        'kanikit.dev/destinations': JSON.stringify([evil]),
        'kanikit.dev/outline': '[[null,"x",null,true,[1,',
        'kanikit.dev/heartbeat': '1e300',
        'kanikit.dev/keep-failed-seconds': '1e300',
        'kanikit.dev/cancelled': '{"by":{},"at":7}',
        ['__proto__']: evil,
      },
    },
    spec: { nodeName: 'n', containers: [{ name: 'kaniko', image: evil, args: [evil] }] },
    status: {
      phase: 'Failed',
      message: evil,
      conditions: [{ type: 'Ready', status: 'False', reason: evil, message: evil }],
      containerStatuses: [
        {
          name: 'kaniko',
          state: {
            terminated: {
              exitCode: 1,
              reason: evil,
              message: evil,
              startedAt: '2026-11-25T00:00:00Z',
              finishedAt: '2026-11-25T00:00:01Z',
            },
          },
        },
      ],
    },
  };
  const event = { type: 'Warning', reason: evil, message: evil, metadata: {} };
  const body = pathname.endsWith('/events')
    ? { items: [event] }
    : pathname.endsWith('/pods')
      ? { items: [pod] }
      : pathname.endsWith('/kanikit-a')
        ? pod
        : { items: [] };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

test.each([
  'ps --all',
  'ps --all --json',
  'inspect a',
  'inspect a --json',
  'cancel a',
  'prune',
  'prune --dry-run --json',
  'attach a --progress plain',
  'attach a --progress json',
])('%s tells of a build of a stranger, and nothing that a terminal obeys', async (command) => {
  const { out, err } = await run(command.split(' '), strangers);
  expect(out + err).not.toBe('');
  expect(err).not.toContain('internal');
  expect(out).not.toMatch(obeyed);
  expect(err).not.toMatch(obeyed);
});

test('logs are the bytes as they are in a pipe, and what they show on a terminal', async () => {
  expect((await run(['logs', 'a'], strangers)).out).toBe(lines);
  const { out } = await run(['logs', 'a'], strangers, { isTTY: true });
  expect(out).toBe('first <U+202E>\nlast\n');
});
