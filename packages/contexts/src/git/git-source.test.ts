import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContextRequest, PreparedContext } from '@kanikit/spec';
import { collect, isSealEntry, readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGitSource } from './git-source.ts';
import { createSshRepository, type SshRepository } from './ssh-repository.test.helper.ts';

const source = createGitSource();
const opened: PreparedContext[] = [];
const files = { Dockerfile: 'FROM scratch', v: 'one' };

function requestFor(
  repository: SshRepository,
  fragment: string,
  more: Partial<ContextRequest> = {},
): ContextRequest {
  return {
    reference: repository.reference + fragment,
    dockerfile: undefined,
    workingDirectory: '/',
    contextSubPath: undefined,
    env: repository.env,
    ...more,
  };
}

async function open(
  repository: SshRepository,
  fragment = '',
  more: Partial<ContextRequest> = {},
): Promise<PreparedContext> {
  const context = await source.open(requestFor(repository, fragment, more), testRun());
  opened.push(context);
  return context;
}

async function filesOf(context: PreparedContext): Promise<Readonly<Record<string, string>>> {
  if (context.kind !== 'archive') throw new Error('expected an archive');
  const entries = await readArchive(await collect(context.pack({}, testRun())));
  const kept = entries.filter((entry) => !isSealEntry(entry) && entry.type === 'File');
  return Object.fromEntries(kept.map((entry) => [entry.path, entry.contents.toString()]));
}

/** Clones are made here, and nothing else is. */
const clones = mkdtempSync(join(realpathSync(tmpdir()), 'kanikit-clones-'));
beforeEach(() => void vi.stubEnv('TMPDIR', clones));
afterAll(() => rmSync(clones, { recursive: true }));
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close?.();
  vi.unstubAllEnvs();
  expect(readdirSync(clones).filter((name) => name.startsWith('kanikit-git-'))).toEqual([]);
});

test('every way to name a commit brings its files, without .git, and nothing stays behind', async () => {
  const repository = createSshRepository(files);
  const one = repository.git('rev-parse', 'HEAD');
  repository.git('tag', '--annotate', '--message=x', 'v1');
  repository.git('branch', 'topic/x#7');
  repository.commit({ v: 'two' });
  repository.git('checkout', '--quiet', '--detach');
  const pull = repository.commit({ v: 'pull' });
  repository.git('update-ref', 'refs/pull/7/head', pull);
  repository.git('checkout', '--quiet', 'main');
  const cases: readonly (readonly [string, Partial<ContextRequest>, string])[] = [
    ['', {}, 'two'],
    ['#main', {}, 'two'],
    ['#refs/heads/main', {}, 'two'],
    ['#v1', {}, 'one'],
    ['', { git: { ref: 'v1' } }, 'one'],
    ['', { git: { ref: 'topic/x#7' } }, 'one'],
    [`#${one}`, {}, 'one'],
    [`#main#${one}`, {}, 'one'],
    ['#refs/pull/7/head', {}, 'pull'],
    ['#pull/7/head', {}, 'pull'],
    [`#${pull}`, {}, 'pull'],
    ['#main', { git: { ref: 'v1', depth: 2 } }, 'two'],
  ];
  for (const [fragment, more, v] of cases) {
    const context = await source.open(requestFor(repository, fragment, more), testRun());
    expect(await filesOf(context), fragment).toEqual({ ...files, v });
    expect(context.dockerfileText).toBe('FROM scratch');
    await context.close?.();
  }
});

test('a folder, and a folder of it; its own ignore file counts', async () => {
  const repository = createSshRepository({
    'app/.dockerignore': 'skip',
    'app/skip': '',
    'app/Dockerfile': 'FROM app',
    'app/inner/Dockerfile': 'FROM inner',
    Dockerfile: 'FROM top',
  });
  const app = await open(repository, '#:app');
  expect(app.dockerfileText).toBe('FROM app');
  expect(Object.keys(await filesOf(app))).toEqual(['.dockerignore', 'Dockerfile', 'inner/Dockerfile']);
  const inner = await open(repository, '#main:app', { contextSubPath: 'inner' });
  expect(await filesOf(inner)).toEqual({ Dockerfile: 'FROM inner' });
});

test('sub-modules come along when asked for, without their .git', async () => {
  const library = createSshRepository({ lib: 'lib' }, 'library');
  const repository = createSshRepository(files);
  // The script in the place of ssh reaches both.
  writeFileSync(
    join(repository.folder, 'app.git', '.gitmodules'),
    `[submodule "library"]\n\tpath = library\n\turl = ${library.reference}\n`,
  );
  const commit = library.git('rev-parse', 'HEAD');
  library.commit({ lib: 'later' });
  repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},library`);
  repository.git('add', '.gitmodules');
  repository.git('commit', '--quiet', '--message=sub-module');
  expect(Object.keys(await filesOf(await open(repository)))).toEqual(['.gitmodules', 'Dockerfile', 'v']);
  expect(await filesOf(await open(repository, '', { git: { submodules: true } }))).toMatchObject({
    'library/lib': 'lib',
    v: 'one',
  });
});

test('builds that want the same share a clone until the last is done', async () => {
  const repository = createSshRepository({ ...files, 'b.Dockerfile': 'FROM b' });
  const [a, b] = await Promise.all([
    source.open(requestFor(repository, '#main'), testRun()),
    source.open(requestFor(repository, '#main', { dockerfile: 'b.Dockerfile' }), testRun()),
  ]);
  if (a.kind !== 'archive' || b.kind !== 'archive') throw new Error('expected archives');
  expect(a.shareKey).toBeDefined();
  expect(a.shareKey).toBe(b.shareKey);
  await a.close?.();
  await a.close?.();
  expect(Object.keys(await filesOf(b))).toEqual(['Dockerfile', 'b.Dockerfile', 'v']);
  await b.close?.();
  const fetches = readFileSync(join(repository.folder, 'ssh.log'), 'utf8').trim().split('\n');
  // One look and one fetch.
  expect(fetches).toHaveLength(2);
});

test('a Dockerfile of this machine is taken only when it is named as one', async () => {
  const repository = createSshRepository({ v: 'one' });
  const workingDirectory = temporaryFolder();
  writeFileSync(join(workingDirectory, 'Dockerfile'), 'FROM here');
  const here = await open(repository, '', { workingDirectory, dockerfile: './Dockerfile' });
  expect(here.dockerfileText).toBe('FROM here');
  const opening = source.open(requestFor(repository, '', { workingDirectory }), testRun());
  await expect(opening).rejects.toMatchObject({ code: 'dockerfile-missing' });
});

test.each(['Dockerfile', 'Dockerfile.dockerignore', '.dockerignore'])(
  'a %s that leads out of the repository is not read',
  async (name) => {
    const repository = createSshRepository({ x: '' });
    const secret = join(temporaryFolder(), 'secret');
    writeFileSync(secret, 'hunter2');
    const work = join(repository.folder, 'app.git');
    if (name !== 'Dockerfile') writeFileSync(join(work, 'Dockerfile'), 'FROM scratch');
    symlinkSync(secret, join(work, name));
    repository.commit({});
    const opening = source.open(requestFor(repository, ''), testRun());
    await expect(opening).rejects.toMatchObject({
      code: name.endsWith('ignore') ? 'ignore-file-invalid' : 'dockerfile-unreadable',
      message: expect.stringContaining('leads out') as string,
    });
  },
);

test("the user's hooks, line endings and the repository around do not matter", async () => {
  const repository = createSshRepository({ ...files, text: 'a\nb\n', '.gitattributes': 'text text' });
  const home = temporaryFolder();
  mkdirSync(join(home, 'hooks'));
  writeFileSync(join(home, 'hooks', 'post-checkout'), `#!/bin/sh\ntouch ${join(home, 'hooked')}\n`, {
    mode: 0o755,
  });
  const config = join(home, 'config');
  writeFileSync(config, `[core]\n\tautocrlf = true\n\teol = crlf\n\thooksPath = ${join(home, 'hooks')}\n`);
  const env = {
    ...repository.env,
    GIT_CONFIG_GLOBAL: config,
    GIT_DIR: '/nowhere',
    GIT_WORK_TREE: '/nowhere',
  };
  expect(await filesOf(await open(repository, '', { env }))).toMatchObject({ text: 'a\nb\n' });
  expect(existsSync(join(home, 'hooked'))).toBe(false);
});

test('pointers of large files are told', async () => {
  const repository = createSshRepository({
    ...files,
    '.gitattributes': '*.bin filter=lfs',
    'a.bin': 'version',
  });
  expect((await open(repository)).warnings).toMatchObject([
    { code: 'git-lfs-missing', message: expect.stringContaining('1 file is') as string },
  ]);
});

test.each<[what: string, fragment: string, more: Partial<ContextRequest>, code: string, words: string]>([
  ['a branch that is not there', '#none', {}, 'git-ref-missing', '"none"'],
  ['a commit that is not there', `#${'0123456789'.repeat(4)}`, {}, 'git-commit-missing', '0123456789'],
  ['a folder that is not there', '#:none', {}, 'context-missing', 'none'],
  ['no depth', '', { git: { depth: 0 } }, 'git-reference-invalid', 'depth'],
  ['an option as a ref', '', { git: { ref: '--upload-pack=x' } }, 'git-reference-invalid', '--upload-pack'],
  ['the executor over ssh', '', { fetch: 'executor' }, 'context-fetch-unsupported', 'ssh'],
])('refuses %s', async (_what, fragment, more, code, words) => {
  const opening = source.open(requestFor(createSshRepository(files), fragment, more), testRun());
  await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
});

test.each<[what: string, ssh: string, code: string]>([
  ['no access', 'echo "git@example.com: Permission denied (publickey)." >&2; exit 255', 'git-denied'],
  ['an unknown host', 'echo "Host key verification failed." >&2; exit 255', 'git-unreachable'],
  ['no such repository', 'echo "ERROR: Repository not found." >&2; exit 1', 'git-repository-missing'],
  ['a server that hangs up', 'exit 1', 'git-failed'],
])('ssh that says: %s', async (_what, script, code) => {
  const repository = createSshRepository(files);
  writeFileSync(join(repository.folder, 'ssh'), `#!/bin/sh\n${script}\n`);
  await expect(source.open(requestFor(repository, ''), testRun())).rejects.toMatchObject({ code });
});

test('a machine without git', async () => {
  const env = { PATH: temporaryFolder() };
  const opening = source.open(requestFor(createSshRepository(files), '', { env }), testRun());
  await expect(opening).rejects.toMatchObject({ code: 'git-program-missing' });
});

test('the abort ends git and all that it started', async () => {
  const repository = createSshRepository(files);
  const pidFile = join(repository.folder, 'pid');
  // A named pipe: the test knows without waiting that the program runs.
  writeFileSync(
    join(repository.folder, 'ssh'),
    `#!/bin/sh\necho $$ > ${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 600\n`,
  );
  const controller = new AbortController();
  const opening = source.open(requestFor(repository, ''), testRun(controller.signal));
  opening.catch(() => {});
  await expect.poll(() => existsSync(pidFile), { timeout: 10_000 }).toBe(true);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(opening).rejects.toBe(reason);
  await expect.poll(() => existsSync(`/proc/${pid}/exe`), { timeout: 10_000 }).toBe(false);
});

test('a clone that takes too long', async () => {
  const repository = createSshRepository(files);
  const slow = createGitSource({ cloneTimeoutMs: 300 });
  const ssh = readFileSync(join(repository.folder, 'ssh'), 'utf8');
  // The look goes well, the clone hangs.
  const hang = `if [ -e "$0.second" ]; then exec sleep 600; fi; touch "$0.second"\n`;
  writeFileSync(join(repository.folder, 'ssh'), ssh.replace('#!/bin/sh\n', `#!/bin/sh\n${hang}`));
  await expect(slow.open(requestFor(repository, ''), testRun())).rejects.toMatchObject({
    code: 'git-timeout',
  });
});
