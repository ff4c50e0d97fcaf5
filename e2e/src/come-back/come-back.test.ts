import type { SandboxDescription } from '@kanikit/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLeftovers } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type KanikitCommand, makeKanikitCommand } from '../cli/kanikit-command.ts';

let kanikit: KanikitCommand;
let sandbox: SandboxDescription;

beforeAll(async () => {
  kanikit = await makeKanikitCommand();
  sandbox = await kanikit.sandbox();
});

afterAll(async () => {
  await kanikit[Symbol.asyncDispose]();
});

async function contextOf(name: string, ...run: readonly string[]): Promise<string> {
  const lines = [`FROM ${sandbox.baseImage}`, ...run.map((command) => `RUN ${command}`)];
  return await writeContext(kanikit.home, name, { Dockerfile: `${lines.join('\n')}\n` });
}

async function detach(name: string, args: readonly string[], ...run: readonly string[]): Promise<string> {
  const context = await contextOf(name, ...run);
  const tag = `${sandbox.registry}/come-back/${name}`;
  const started = await kanikit.run(['build', '--sandbox', '--detach', '-q', context, '-t', tag, ...args]);
  expect(started).toMatchObject({ exitCode: 0, stderr: '' });
  return started.stdout.trim();
}

interface Listed {
  readonly buildId: string;
  readonly ownership: string;
  readonly phase: { readonly state: string };
}

async function listed(...args: readonly string[]): Promise<readonly Listed[]> {
  const { stdout } = await kanikit.run(['ps', '--sandbox', '--json', ...args]);
  return (JSON.parse(stdout) as { readonly builds: readonly Listed[] }).builds;
}

async function pruneAll(): Promise<void> {
  const pruned = await kanikit.run(['prune', '--sandbox', '--all-ended']);
  expect(pruned).toMatchObject({ exitCode: 0 });
  expect(await findLeftovers(sandbox)).toEqual([]);
}

test.each([
  ['uploaded', []],
  ['streamed', ['--stdin']],
  ['in a Job', ['--job']],
])(
  'a detached build, its context %s: listed, attached to from another process, pruned',
  { timeout: 60_000 },
  async (_how, args) => {
    // Long enough for two commands to start on a slow machine.
    const id = await detach('slow', args, 'echo started', 'sleep 5 && echo woke');
    expect(await listed()).toMatchObject([{ buildId: id, ownership: 'detached' }]);
    const attached = await kanikit.run(['attach', '--sandbox', id, '--progress', 'plain']);
    expect(attached.exitCode).toBe(0);
    expect(attached.stdout).toMatch(/\d\/2\] started\n/);
    expect(attached.stdout).toMatch(/\d\/2\] woke\n/);
    expect(attached.stdout).toMatch(/BUILT .*come-back\/slow@sha256:/);
    // It has ended, and another look tells the same.
    const again = await kanikit.run(['attach', '--sandbox', id, '-q']);
    expect(again.stdout).toMatch(/^\S+\/come-back\/slow@sha256:[0-9a-f]{64}\n$/);
    expect(await listed()).toEqual([]);
    expect(await listed('--all')).toMatchObject([{ phase: { state: 'ended' } }]);
    const { stdout: log } = await kanikit.run(['logs', '--sandbox', id]);
    expect(log).toContain('started\n');
    await pruneAll();
  },
);

test(
  'a build that fails has the same verdict and exit code for whoever attaches',
  { timeout: 60_000 },
  async () => {
    const id = await detach('bad', [], 'echo oops && exit 3');
    const attached = await kanikit.run(['attach', '--sandbox', 'bad', '--progress', 'json']);
    expect(attached.exitCode).toBe(1);
    const events = attached.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly type: string; readonly failure?: unknown });
    expect(events.find(({ type }) => type === 'build-end')?.failure).toMatchObject({
      code: 'run-failed',
      step: { instruction: 'RUN echo oops && exit 3' },
    });
    const { stdout } = await kanikit.run(['inspect', '--sandbox', id]);
    expect(stdout).toContain('failed (3)');
    expect(stdout).toContain('RUN echo oops && exit 3');
    await pruneAll();
  },
);

test('Ctrl-C lets go of a build, and it goes on', { timeout: 60_000 }, async () => {
  const id = await detach('on', [], 'echo started && sleep 4');
  const attached = kanikit.start(['attach', '--sandbox', id, '--progress', 'plain']);
  await attached.until(/\] started/);
  attached.child.kill('SIGINT');
  const ended = await attached.ended;
  expect(ended).toMatchObject({ exitCode: 130 });
  expect(ended.stderr).toContain(`Detached. The build goes on: kanikit attach ${id}`);
  expect(await listed()).toMatchObject([{ buildId: id, phase: { state: 'running' } }]);
  expect((await kanikit.run(['attach', '--sandbox', id, '-q'])).exitCode).toBe(0);
  await pruneAll();
});

test(
  'a build of a living client, cancelled from elsewhere: told who did, and not tried again',
  { timeout: 60_000 },
  async () => {
    const context = await contextOf('watched', 'echo started && sleep 300');
    const command = kanikit.start([
      'build',
      '--sandbox',
      context,
      '-t',
      `${sandbox.registry}/come-back/watched`,
      '--progress',
      'plain',
    ]);
    await command.until(/\] started/);
    const [build] = await listed();
    expect(build).toMatchObject({ ownership: 'alive' });
    expect((await kanikit.run(['prune', '--sandbox', '--all-ended'])).stdout).toBe('');
    const cancelled = await kanikit.run(['cancel', '--sandbox', 'watched']);
    expect(cancelled.stdout).toBe(`cancelled ${build?.buildId} (pod default/kanikit-${build?.buildId})\n`);
    const ended = await command.ended;
    expect(ended.exitCode).toBe(130);
    expect(ended.stdout).toMatch(/CANCELLED after .*: The build was cancelled by \S+@\S+\./);
    expect(ended.stdout).not.toMatch(/attempt/);
    expect(await findLeftovers(sandbox)).toEqual([]);
  },
);

test(
  '--keep-failed keeps the pod of a build that failed, without its secret',
  { timeout: 60_000 },
  async () => {
    const context = await contextOf('kept', 'echo oops && exit 4');
    const built = await kanikit.run([
      'build',
      '--sandbox',
      context,
      '--keep-failed=1h',
      '-t',
      `${sandbox.registry}/come-back/kept`,
    ]);
    expect(built.exitCode).toBe(1);
    expect(built.stderr).toMatch(/^kept: pod default\/kanikit-kept-\w+ of kept, until /);
    expect(await findLeftovers(sandbox)).toEqual([expect.stringMatching(/^pod kanikit-kept-/)]);
    const [build] = await listed('--all');
    expect((await kanikit.run(['logs', '--sandbox', build!.buildId])).stdout).toContain('oops');
    await kanikit.run(['cancel', '--sandbox', '--all']);
    expect(await listed('--all')).toHaveLength(1);
  },
);

test('a name that is none lists those there are', { timeout: 60_000 }, async () => {
  const { stderr, exitCode } = await kanikit.run(['attach', '--sandbox', 'nobody']);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /there is none of that name\.\n hint: There are these:\n hint: {3}kept-\w+ {2}kept /,
  );
});
