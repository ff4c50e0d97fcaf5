import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cancels, cleans up and ends with 130',
  { timeout: 60_000 },
  async (signal) => {
    const command = kanikit.start(args);
    await command.until(started);
    command.child.kill(signal);
    expect((await command.ended).exitCode).toBe(130);
    expect(await findLeftovers(sandbox)).toEqual([]);
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

test('a second Ctrl-C stops waiting and tells what may be left', { timeout: 60_000 }, async () => {
  const command = kanikit.start(args);
  await command.until(started);
  command.child.kill('SIGINT');
  // Two people-made interrupts are further apart than one that arrives twice.
  await new Promise((resolve) => setTimeout(resolve, 300));
  command.child.kill('SIGINT');
  const ended = await command.ended;
  expect(ended.exitCode).toBe(130);
});

test(
  "kill -9 of the client leaves a pod with a deadline of its own, marked as kanikit's",
  { timeout: 60_000 },
  async () => {
    const command = kanikit.start([...args, '--timeout', '20s']);
    await command.until(started);
    command.child.kill('SIGKILL');
    await command.ended;
    const left = await findLeftovers(sandbox);
    expect(left.some((what) => what.startsWith('pod kanikit-endless-'))).toBe(true);
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
