import { chmod, mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireExecutor } from './acquire-executor.ts';
import { keepExecutor, keptFolder, readKeptExecutor } from './executor-cache.ts';
import type { ExecutorRequest } from './executor-program.ts';

let folder: string;
let request: ExecutorRequest;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-executor-'));
  request = {
    distribution: 'google',
    version: '0.0.1',
    // A port that nobody listens on: refused at once, without a network.
    image: '127.0.0.1:1/kaniko-project/executor:v0.0.1',
    cacheFolder: folder,
    env: { PATH: process.env['PATH'] },
    signal: AbortSignal.timeout(20_000),
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function keep(content: string): Promise<void> {
  const staging = `${keptFolder(request)}.new`;
  await mkdir(staging, { recursive: true });
  await writeFile(join(staging, 'executor'), content, { mode: 0o755 });
  await keepExecutor(request, staging, ['executor'], 'a test');
}

it('lists every way that was tried and why it failed, and leaves nothing', async () => {
  const error = await acquireExecutor(request).catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({
    code: 'executor-unavailable',
    hint: expect.stringContaining('--simulate') as string,
  });
  const { message } = error as Error;
  expect(message).toContain('given path: none');
  expect(message).toContain('kept from before: nothing in');
  expect(message).toContain('image 127.0.0.1:1/kaniko-project/executor:v0.0.1: 127.0.0.1:1:');
  expect(message).toContain('Go module: none is pinned for google 0.0.1');
  expect(await readdir(join(folder, 'executors'))).toEqual([
    'google-0.0.1-linux-' + architecture() + '.lock',
  ]);
});

function architecture(): string {
  return keptFolder(request).split('-').at(-1) ?? '';
}

it('takes the kept one when its bytes are as recorded', async () => {
  await keep('the program');
  const program = await acquireExecutor(request);
  expect(program).toMatchObject({ way: 'kept', version: '0.0.1', distribution: 'google' });
  expect(await readFile(program.path, 'utf8')).toBe('the program');
});

it('removes a kept one that was altered', async () => {
  await keep('the program');
  await writeFile(join(keptFolder(request), 'executor'), 'another program');
  const { program, reason } = await readKeptExecutor(request);
  expect(program).toBeUndefined();
  expect(reason).toContain('was altered');
  await expect(acquireExecutor(request)).rejects.toMatchObject({ code: 'executor-unavailable' });
});

it('several at once wait for the first and use its result', async () => {
  const first = keep('made once');
  const programs = await Promise.all([
    first,
    ...Array.from({ length: 3 }, () => first.then(() => acquireExecutor(request))),
  ]);
  expect(new Set(programs.slice(1).map((program) => program?.sha256)).size).toBe(1);
});

async function script(lines: string): Promise<string> {
  const path = join(folder, 'given');
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, 0o755);
  return path;
}

it('asks the given program for its version', async () => {
  const path = await script('echo "Kaniko version :  v1.23.2"');
  expect(await acquireExecutor({ ...request, path })).toMatchObject({
    way: 'given',
    version: '1.23.2',
    path,
  });
  const env = { ...request.env, KANIKIT_EXECUTOR: path };
  expect(await acquireExecutor({ ...request, env })).toMatchObject({ way: 'given', path });
});

it('takes tini from beside the given program, and no folder of that name', async () => {
  const path = await script('echo "Kaniko version :  v1.28.3"');
  const tini = join(folder, 'tini');
  await mkdir(tini);
  expect((await acquireExecutor({ ...request, path })).files).toEqual([path]);
  await rmdir(tini);
  await writeFile(tini, '', { mode: 0o755 });
  expect((await acquireExecutor({ ...request, path })).files).toEqual([path, tini]);
});

it.each([
  ['v1.24.0', '', 'google'],
  ['v1.9.2', '', 'google'],
  ['v1.24.0-2', '', 'osscontainertools'],
  ['v1.24.3', '', 'osscontainertools'],
  ['v1.28.3', '--preserve-context   Preserve it', 'osscontainertools'],
  ['v1.29.0-dev', '--preserve-context   Preserve it', 'osscontainertools'],
  ['v1.25.5', '--annotation key=value   Add one', 'chainguard'],
])('tells who made the given program %s with "%s": %s', async (version, flag, distribution) => {
  const path = await script(
    `[ "$1" = version ] && echo "Kaniko version :  ${version}" || echo "      ${flag}"`,
  );
  expect(await acquireExecutor({ ...request, path })).toMatchObject({
    distribution,
    version: version.slice(1),
  });
});

it.each([
  ['is not there', () => Promise.resolve('/nowhere/executor'), 'ENOENT'],
  ['is a folder', () => Promise.resolve(folder), 'not a file'],
  ['is something else', () => script('echo hello'), 'does not answer "version"'],
])('refuses a given program that %s', async (_what, make, words) => {
  const path = await make();
  await expect(acquireExecutor({ ...request, path })).rejects.toMatchObject({
    code: 'executor-unavailable',
    message: expect.stringContaining(words) as string,
  });
});

it('ends when it is cancelled', async () => {
  const reason = new Error('enough');
  await expect(acquireExecutor({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
