import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitSource } from '@kanikit/contexts/git';
import type { PreparedContext } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitRepository, type GitRepository } from '../parts/git-repository.ts';
import { type SshServer, startSshServer } from '../parts/ssh-server.ts';
import { buildContext, hasFile, imageOf } from './build-context.ts';

let folder: string;
let server: SshServer;
let repository: GitRepository;
let pull: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-git-ssh-'));
  const settings = join(folder, 'ssh');
  await mkdir(settings);
  server = await startSshServer(settings, AbortSignal.timeout(300_000));
  repository = await createGitRepository(folder, 'app');
  await repository.commit({ Dockerfile: 'FROM scratch\nCOPY . /out/\n', v: 'one' });
  pull = await repository.commit({ v: 'pull' });
  await repository.setRef('refs/pull/7/head', pull);
  await repository.dropLastCommit();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function open(
  fragment: string,
  wrong?: 'key' | 'host',
  path = repository.path,
): Promise<PreparedContext> {
  return await createGitSource().open(
    {
      reference: `${server.url}${path}${fragment}`,
      dockerfile: undefined,
      workingDirectory: '/',
      contextSubPath: undefined,
      env: { PATH: process.env['PATH'], HOME: folder, GIT_SSH_COMMAND: server.command(wrong) },
    },
    { signal: AbortSignal.timeout(60_000), now: Date.now },
  );
}

test.each(['1.24.0', '1.9.2'] as const)('%s builds what this machine cloned over ssh', async (version) => {
  for (const [fragment, v] of [
    ['', 'one'],
    ['#main', 'one'],
    ['#refs/pull/7/head', 'pull'],
    [`#${pull}`, 'pull'],
  ] as const) {
    const image = imageOf(await buildContext(await open(fragment), { version }));
    expect(hasFile(image, 'out/v', v), fragment).toBe(true);
  }
});

test('a key that is not let in, a host that is another, a repository that is not there', async () => {
  await expect(open('', 'key')).rejects.toMatchObject({ code: 'git-denied' });
  await expect(open('', 'host')).rejects.toMatchObject({ code: 'git-unreachable', retryable: false });
  await expect(open('', undefined, '/none.git')).rejects.toMatchObject({ code: 'git-repository-missing' });
});
