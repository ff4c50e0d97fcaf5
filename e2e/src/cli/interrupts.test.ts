// Ways out of a client in other phases, on a real cluster, too: `e2e/src/interrupts`.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { SandboxDescription } from '@kanikit/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLeftovers } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type KanikitCommand, makeKanikitCommand } from './kanikit-command.ts';

let kanikit: KanikitCommand;
let sandbox: SandboxDescription;
let args: string[];

beforeAll(async () => {
  kanikit = await makeKanikitCommand();
  sandbox = await kanikit.sandbox();
  const context = await writeContext(kanikit.home, 'endless', {
    Dockerfile: `FROM ${sandbox.baseImage}\nRUN echo started && sleep 300\n`,
  });
  args = ['build', '--sandbox', context, '-t', `${sandbox.registry}/interrupted/app`];
});

afterAll(async () => {
  await kanikit[Symbol.asyncDispose]();
});

const started = /\] started/;

test(
  'SIGTERM while a build waits for quota ends it at once, and leaves what has the room alone',
  { timeout: 120_000 },
  async () => {
    const quota = '/api/v1/namespaces/default/resourcequotas';
    await callApi('POST', quota, { metadata: { name: 'one' }, spec: { hard: { pods: '1' } } });
    try {
      const running = kanikit.start(args);
      await running.until(started);
      const waiting = kanikit.start(args);
      await waiting.until(/waiting: The quota one of namespace default has no room/);
      waiting.child.kill('SIGTERM');
      expect((await waiting.ended).exitCode).toBe(130);
      expect(running.child.exitCode).toBeNull();
      running.child.kill('SIGINT');
      expect((await running.ended).exitCode).toBe(130);
      expect(await findLeftovers(sandbox)).toEqual([]);
    } finally {
      await callApi('DELETE', `${quota}/one`);
    }
  },
);

test(
  'a shell that ends the whole pipe at once: Ctrl-C and a gone reader are one interrupt',
  { timeout: 60_000 },
  async () => {
    const command = kanikit.start(args);
    await command.until(started);
    command.child.stdout?.destroy();
    command.child.kill('SIGINT');
    expect((await command.ended).exitCode).toBe(130);
    expect(await findLeftovers(sandbox)).toEqual([]);
  },
);

test(
  'the sandbox killed under a running build: the build ends with a reason, and a new sandbox is clean',
  { timeout: 120_000 },
  async () => {
    const command = kanikit.start(args);
    await command.until(started);
    process.kill(sandbox.pid, 'SIGKILL');
    const ended = await command.ended;
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(/reach|connection|ECONN/i);
    sandbox = await kanikit.sandbox();
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .filter((line) => line.includes(sandbox.folder));
    expect(mounts).toEqual([]);
    expect(existsSync(`/proc/${command.child.pid}`)).toBe(false);
  },
);

async function callApi(method: string, path: string, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' };
  const call = request(`${sandbox.apiServer}${path}`, { method, ca: sandbox.authority, headers });
  call.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBeLessThan(300);
}
