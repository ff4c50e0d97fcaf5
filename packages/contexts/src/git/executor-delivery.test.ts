import type { ExecutorContextSupport } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { executorDelivery } from './executor-delivery.ts';
import { executorObstacle, type GitWish } from './executor-obstacles.ts';
import { parseGitReference } from './git-reference.ts';
import type { FoundRef } from './look-up-ref.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const wishFor = (fragment: string, more: Partial<GitWish> = {}): GitWish => ({
  ...parseGitReference(`https://example.com/a.git${fragment}`, 'https'),
  depth: undefined,
  hasSubmodules: false,
  ...more,
});
const main: FoundRef = { ref: 'refs/heads/main', commit: sha };

test.each<[what: string, wish: GitWish, found: FoundRef | undefined, context: string, args: string[]]>([
  ['HEAD', wishFor(''), main, `#refs/heads/main#${sha}`, ['single-branch=true']],
  ['a branch', wishFor('#main'), main, `#refs/heads/main#${sha}`, ['single-branch=true']],
  ['a tag', wishFor('#v1'), { ref: 'refs/tags/v1', commit: sha }, `#refs/tags/v1#${sha}`, []],
  ['a HEAD that is no branch', wishFor(''), { ref: undefined, commit: sha }, `##${sha}`, []],
  ['a depth', wishFor('#main', { depth: 3 }), main, '#refs/heads/main', ['single-branch=true', 'depth=3']],
  ['sub-modules', wishFor('', { hasSubmodules: true }), undefined, '', ['recurse-submodules=true']],
  ['HEAD unseen', wishFor(''), undefined, '', []],
  ['a short name unseen', wishFor('#main'), undefined, '', ['branch=main']],
  ['a full name unseen', wishFor('#refs/tags/v1'), undefined, '#refs/tags/v1', []],
  ['a commit unseen', wishFor(`#${sha}`), undefined, `##${sha}`, []],
  ['a short name with its commit unseen', wishFor(`#main#${sha}`), undefined, `##${sha}`, ['branch=main']],
  [
    'a full name with its commit unseen',
    wishFor(`#refs/heads/x#${sha}`),
    undefined,
    `#refs/heads/x#${sha}`,
    [],
  ],
  ['a commit of HEAD unseen', wishFor(`##${sha}`), undefined, `##${sha}`, []],
])('%s is told so that every release understands it', (_what, wish, found, fragment, options) => {
  expect(executorDelivery(wish, found, { secretEnv: {} })).toEqual({
    context: `git://example.com/a.git${fragment}`,
    isSecret: false,
    args: options.map((option) => `--git=${option}`),
    env: {},
    secretEnv: {},
  });
});

test('plain http is told by a variable', () => {
  const wish = { ...wishFor(''), ...parseGitReference('http://example.com/a.git', 'https') };
  expect(executorDelivery(wish, undefined, { secretEnv: {} })).toMatchObject({
    env: { GIT_PULL_METHOD: 'http' },
  });
});

const google: ExecutorContextSupport = {
  executor: 'google 1.24.0',
  kinds: ['git'],
  hasSubPath: true,
  gitOptions: ['branch', 'single-branch', 'recurse-submodules'],
  hasGitRefs: false,
};

test.each<[what: string, wish: GitWish, support: Partial<ExecutorContextSupport>, words: string | undefined]>(
  [
    ['a branch', wishFor('#main'), {}, undefined],
    ['a folder', wishFor('#:x'), {}, undefined],
    ['ssh', { ...wishFor(''), transport: 'ssh' }, {}, 'ssh'],
    ['an executor without Git', wishFor(''), { kinds: [] }, 'google 1.24.0'],
    ['a folder without the flag', wishFor('#:x'), { hasSubPath: false }, 'folder'],
    ['a pull request', wishFor('#refs/pull/7/head'), {}, 'refs/pull/7/head'],
    ['a pull request in short', wishFor('#pull/7/head'), {}, 'pull/7/head'],
    ['a pull request with a release that can', wishFor('#refs/pull/7/head'), { hasGitRefs: true }, undefined],
    ['a ref with a #', wishFor('', { ref: 'fix#7' }), {}, '#'],
    ['a depth', wishFor('', { depth: 1 }), {}, 'history'],
    ['a depth with a release that can', wishFor('', { depth: 1 }), { gitOptions: ['depth'] }, undefined],
    ['a commit of SHA-256', wishFor(`#${'ab'.repeat(32)}`), {}, 'SHA-256'],
    ['sub-modules', wishFor('', { hasSubmodules: true }), {}, 'sub-modules'],
  ],
)('%s: what keeps the executor from it', (_what, wish, support, words) => {
  const obstacle = executorObstacle(wish, { ...google, ...support }, false);
  if (words === undefined) expect(obstacle).toBeUndefined();
  else expect(obstacle).toContain(words);
});

test('who insists on the executor gets sub-modules by it', () => {
  const wish = wishFor('', { hasSubmodules: true });
  expect(executorObstacle(wish, google, true)).toBeUndefined();
  expect(executorObstacle(wish, { ...google, gitOptions: [] }, true)).toContain('sub-modules');
  expect(executorObstacle(wish, undefined, true)).toBeUndefined();
});
