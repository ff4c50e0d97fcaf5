import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitSource } from '@kanikit/contexts/git';
import type { ContextRequest, ExecutorContextSupport, PreparedContext } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import type { GitRepository } from '../parts/git-repository.ts';
import { type GitServer, startGitServer } from '../parts/git-server.ts';
import { buildContext, hasFile, imageOf } from './build-context.ts';

const versions = ['1.24.0', '1.9.2'] as const;
const files = {
  Dockerfile: 'FROM scratch\nCOPY . /out/\n',
  v: 'one',
  'app/Dockerfile': 'FROM scratch\nCOPY x /\n',
  'app/x': 'x',
};

let folder: string;
let authority: CertificateAuthority;
let open: GitServer;
let guarded: GitServer;
let old: GitServer;
let proxy: FaultProxy;
let repository: GitRepository;
/** Commits: the first, the tip of `main`, one that only `refs/pull/7/head` has, one that nothing has. */
let one: string;
let tip: string;
let pull: string;
let lost: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-git-e2e-'));
  authority = await createCertificateAuthority();
  open = await startGitServer(folder);
  guarded = await startGitServer(folder, { authority, users: ['user:pass word', 'token-1:'] });
  old = await startGitServer(folder, { isOld: true });
  proxy = await startFaultProxy({ target: open.url });
  repository = await open.addRepository('app', files);
  one = await repository.git('rev-parse', 'HEAD');
  await repository.git('tag', '--annotate', '--message=x', 'v1');
  await repository.git('branch', 'topic');
  tip = await repository.commit({ v: 'two', large: 'large '.repeat(200_000) });
  pull = await repository.commit({ v: 'pull' });
  await repository.setRef('refs/pull/7/head', pull);
  await repository.dropLastCommit();
  lost = await repository.commit({ v: 'lost' });
  await repository.setRef('refs/heads/lost', lost);
  await repository.dropLastCommit();
  await repository.deleteRef('refs/heads/lost');
});
afterAll(async () => {
  for (const server of [proxy, open, guarded, old]) await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const support: ExecutorContextSupport = {
  executor: 'google',
  kinds: ['git'],
  hasSubPath: true,
  gitOptions: ['branch', 'single-branch', 'recurse-submodules'],
  hasGitRefs: false,
};

async function openContext(reference: string, more: Partial<ContextRequest> = {}): Promise<PreparedContext> {
  const source = createGitSource({ certificateAuthorities: authority.certificate });
  return await source.open(
    {
      reference,
      dockerfile: undefined,
      workingDirectory: '/',
      contextSubPath: undefined,
      executor: support,
      ...more,
      env: { PATH: process.env['PATH'], HOME: folder, ...more.env },
    },
    { signal: AbortSignal.timeout(60_000), now: Date.now },
  );
}

const urlOf = (server: { readonly url: string }, name = 'app'): string => `${server.url}/${name}.git`;
const user = { GIT_USERNAME: 'user', GIT_PASSWORD: 'pass word' };
const token = { GIT_TOKEN: 'token-1' };

test.each(versions)('%s clones over http and https, with and without authentication', async (version) => {
  const cases: readonly (readonly [string, ContextRequest['env']])[] = [
    [urlOf(open), {}],
    [`git://${open.host}/app`, { GIT_PULL_METHOD: 'http' }],
    [urlOf(guarded), user],
    [urlOf(guarded), token],
    [urlOf(guarded).replace('://', '://user:pass%20word@'), {}],
  ];
  for (const [reference, env] of cases) {
    const context = await openContext(reference, { env });
    expect(context).toMatchObject({ kind: 'remote', warnings: [] });
    if (context.kind !== 'remote') return;
    const { context: address, args, env: variables } = context.delivery;
    expect(address).toContain(`#refs/heads/main#${tip}`);
    expect(JSON.stringify([address, args, variables])).not.toMatch(/pass|token/);
    expect(hasFile(imageOf(await buildContext(context, { version })), 'out/v', 'two')).toBe(true);
  }
});

test.each(versions)('%s: every way to name a commit builds that commit, whoever clones', async (version) => {
  const cases: readonly (readonly [string, 'remote' | 'archive', string])[] = [
    ['#main', 'remote', 'two'],
    ['#topic', 'remote', 'one'],
    ['#refs/heads/topic', 'remote', 'one'],
    ['#v1', 'remote', 'one'],
    ['#refs/tags/v1', 'remote', 'one'],
    [`#${tip}`, 'remote', 'two'],
    [`#main#${one}`, 'remote', 'one'],
    // Of a commit without a name only a clone tells whether a branch has it.
    [`#${lost}`, 'archive', 'lost'],
    // These clone from refs that are neither branches nor tags.
    ['#refs/pull/7/head', 'archive', 'pull'],
    [`#${pull}`, 'archive', 'pull'],
  ];
  for (const [fragment, kind, v] of cases) {
    const context = await openContext(urlOf(open) + fragment);
    expect(context.kind, fragment).toBe(kind);
    expect(hasFile(imageOf(await buildContext(context, { version })), 'out/v', v), fragment).toBe(true);
  }
});

test('what the executor can not: it fails where kanikit would have cloned here', async () => {
  for (const version of versions) {
    const context = await openContext(`${urlOf(open)}#refs/pull/7/head`, {
      executor: { ...support, hasGitRefs: true },
    });
    expect(await buildContext(context, { version })).toMatchObject({
      isBuilt: false,
      log: expect.stringContaining('object not found'),
    });
  }
});

test('a folder is the context, whoever clones', async () => {
  for (const fetch of ['executor', 'client'] as const) {
    const context = await openContext(`${urlOf(open)}#main:app`, { fetch });
    expect(imageOf(await buildContext(context)).map(({ path }) => path)).toEqual(['x']);
  }
});

test('a clone of the executor has .git, one of this machine has not', async () => {
  const hasGit = async (fetch: 'executor' | 'client'): Promise<boolean> => {
    const image = imageOf(await buildContext(await openContext(urlOf(open), { fetch })));
    return image.some(({ path }) => path === 'out/.git');
  };
  expect([await hasGit('executor'), await hasGit('client')]).toEqual([true, false]);
});

test.each(versions)('%s clones without a look from here', async (version) => {
  const cases = [
    ['', 'two'],
    ['#topic', 'one'],
    ['#v1', 'one'],
    ['#refs/tags/v1', 'one'],
    [`#${one}`, 'one'],
    [`#topic#${one}`, 'one'],
  ] as const;
  for (const [fragment, v] of cases) {
    const context = await openContext(urlOf(open) + fragment, { env: { PATH: '/nowhere' } });
    expect(context.warnings).toMatchObject([{ code: 'git-unseen' }]);
    expect(hasFile(imageOf(await buildContext(context, { version })), 'out/v', v), fragment).toBe(true);
  }
});

test.each(versions)('%s clones with a token of the cluster', async (version) => {
  const context = await openContext(urlOf(guarded), { git: { secret: 'git' } });
  expect(context).toMatchObject({ kind: 'remote', warnings: [], delivery: { secretEnv: {} } });
  const image = imageOf(await buildContext(context, { version, secretValues: token }));
  expect(hasFile(image, 'out/v', 'two')).toBe(true);
});

test('this machine clones over https with a private authority, by user or token', async () => {
  for (const env of [user, token]) {
    const context = await openContext(urlOf(guarded), { env, fetch: 'client' });
    expect(context.kind).toBe('archive');
    expect(hasFile(imageOf(await buildContext(context)), 'out/v', 'two')).toBe(true);
  }
});

test('sub-modules come along, by relative and absolute address; credentials stay with their server', async () => {
  const library = await open.addRepository('library', { l: 'library' });
  const pinned = await library.git('rev-parse', 'HEAD');
  await library.commit({ l: 'later' });
  const modules = ['../library.git', urlOf(open, 'library')]
    .map((url, index) => `[submodule "m${index}"]\n\tpath = m${index}\n\turl = ${url}\n`)
    .join('');
  const parent = await open.addRepository('parent', { ...files, '.gitmodules': modules });
  for (const path of ['m0', 'm1'])
    await parent.git('update-index', '--add', '--cacheinfo', `160000,${pinned},${path}`);
  await parent.git('commit', '--quiet', '--message=sub-modules');
  const seen = open.requests.length;
  const context = await openContext(urlOf(guarded, 'parent'), { env: token, git: { submodules: true } });
  expect(context.kind).toBe('archive');
  const image = imageOf(await buildContext(context));
  expect(hasFile(image, 'out/m0/l', 'library') && hasFile(image, 'out/m1/l', 'library')).toBe(true);
  expect(image.filter(({ path }) => path.includes('.git/') || path.endsWith('/.git'))).toEqual([]);
  const asked = open.requests.slice(seen);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((request) => request.includes(' as '))).toEqual([]);
});

test('a server of the old protocol gives what is on a branch, and nothing else', async () => {
  const context = await openContext(`${urlOf(old)}#${one}`, { fetch: 'client' });
  expect(hasFile(imageOf(await buildContext(context)), 'out/v', 'one')).toBe(true);
  await expect(openContext(`${urlOf(old)}#${lost}`, { fetch: 'client' })).rejects.toMatchObject({
    code: 'git-commit-missing',
  });
});

test.each<[what: string, reference: () => string, more: Partial<ContextRequest>, code: string]>([
  ['a wrong token', () => urlOf(guarded), { env: { GIT_TOKEN: 'hunter2' } }, 'git-denied'],
  ['a wrong password in the URL', () => urlOf(guarded).replace('://', '://user:hunter2@'), {}, 'git-denied'],
  ['no credentials', () => urlOf(guarded), {}, 'git-denied'],
  ['an unknown branch', () => `${urlOf(open)}#none`, {}, 'git-ref-missing'],
  ['an unknown repository', () => urlOf(open, 'none'), {}, 'git-repository-missing'],
  ['an unknown commit', () => `${urlOf(open)}#${'0123456789'.repeat(4)}`, {}, 'git-commit-missing'],
  ['a server that is not there', () => 'http://127.0.0.1:1/a.git', { fetch: 'client' }, 'git-unreachable'],
])('%s is refused before anything starts', async (_what, reference, more, code) => {
  const error: unknown = await openContext(reference(), more).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

test('an authority that is not trusted is told', async () => {
  const source = createGitSource();
  const opening = source.open(
    {
      reference: urlOf(guarded),
      dockerfile: undefined,
      workingDirectory: '/',
      contextSubPath: undefined,
      fetch: 'client',
      env: { ...token, PATH: process.env['PATH'] },
    },
    { signal: AbortSignal.timeout(60_000), now: Date.now },
  );
  await expect(opening).rejects.toMatchObject({
    code: 'git-unreachable',
    hint: expect.stringContaining('authority'),
  });
});

const isPack = ({ path, method }: { readonly path: string; readonly method: string }): boolean =>
  method === 'POST' && path.endsWith('git-upload-pack');

test.each<[what: string, fault: Fault]>([
  ['stops in the middle', { kind: 'cut', of: 'response', afterBytes: 800 }],
  ['answers 503', { kind: 'answer', status: 503 }],
  ['hangs up', { kind: 'drop' }],
])('a server that %s: this machine tries again, and gives up in the end', async (_what, fault) => {
  proxy.forget();
  proxy.add({ fault, when: isPack, after: 1, times: 2 });
  const context = await openContext(`${urlOf(proxy)}#main`, { fetch: 'client' });
  expect(hasFile(imageOf(await buildContext(context)), 'out/v', 'two')).toBe(true);
  proxy.forget();
  proxy.add({ fault, when: isPack, times: 99 });
  await expect(openContext(`${urlOf(proxy)}#main`, { fetch: 'client' })).rejects.toMatchObject({
    code: 'git-failed',
  });
});

test.each(versions)('%s builds nothing from a server that stops in the middle', async (version) => {
  proxy.forget();
  const context = await openContext(`${urlOf(proxy)}#main`);
  proxy.add({ fault: { kind: 'cut', of: 'response', afterBytes: 800 }, when: isPack, times: 9 });
  expect(await buildContext(context, { version })).toMatchObject({
    isBuilt: false,
    log: expect.stringContaining('error resolving source context'),
  });
});
