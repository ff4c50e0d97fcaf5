import { expect, test } from 'vitest';
import { type GitReference, isGitReference, parseGitReference } from './git-reference.ts';

const plain = {
  ref: undefined,
  commit: undefined,
  subPath: undefined,
  submodules: undefined,
  credentials: undefined,
};
const sha = '0123456789abcdef0123456789abcdef01234567';
const https: GitReference = {
  ...plain,
  transport: 'https',
  url: 'https://example.com/a/b.git',
  hostAndPath: 'example.com/a/b.git',
};
const ssh: GitReference = {
  ...plain,
  transport: 'ssh',
  url: 'git@example.com:a/b.git',
  hostAndPath: undefined,
};

test.each<[reference: string, expected: GitReference]>([
  ['git://example.com/a/b.git', https],
  ['https://example.com/a/b.git', https],
  ['HTTPS://example.com/a/b.git', https],
  ['git+https://example.com/a/b.git', https],
  [
    'git+https://example.com/a/b',
    { ...https, url: 'https://example.com/a/b', hostAndPath: 'example.com/a/b' },
  ],
  ['http://example.com/a/b.git', { ...https, transport: 'http', url: 'http://example.com/a/b.git' }],
  ['git+http://example.com/a/b.git', { ...https, transport: 'http', url: 'http://example.com/a/b.git' }],
  [
    'https://127.0.0.1:8443/b.git',
    { ...https, url: 'https://127.0.0.1:8443/b.git', hostAndPath: '127.0.0.1:8443/b.git' },
  ],
  ['https://user@example.com/a/b.git', { ...https, credentials: { username: 'user', password: '' } }],
  ['git://u:p%40ss@example.com/a/b.git', { ...https, credentials: { username: 'u', password: 'p@ss' } }],
  ['git@example.com:a/b.git', ssh],
  ['git@example.com:a/b', { ...ssh, url: 'git@example.com:a/b' }],
  ['me@host:b.git', { ...ssh, url: 'me@host:b.git' }],
  ['ssh://git@example.com:2222/a/b.git', { ...ssh, url: 'ssh://git@example.com:2222/a/b.git' }],
  ['git+ssh://git@example.com/a', { ...ssh, url: 'ssh://git@example.com/a' }],
  ['git://example.com/a/b.git#main', { ...https, ref: 'main' }],
  ['git://example.com/a/b.git#refs/heads/x', { ...https, ref: 'refs/heads/x' }],
  [`git://example.com/a/b.git#refs/heads/x#${sha}`, { ...https, ref: 'refs/heads/x', commit: sha }],
  [`git://example.com/a/b.git##${sha.toUpperCase()}`, { ...https, commit: sha }],
  ['git://example.com/a/b.git#main:some/folder', { ...https, ref: 'main', subPath: 'some/folder' }],
  ['https://example.com/a/b.git#:folder', { ...https, subPath: 'folder' }],
  ['https://example.com/a/b.git#main:./a//c/../folder/', { ...https, ref: 'main', subPath: 'a/folder' }],
  ['https://example.com/a/b.git?subdir=x#main:.', { ...https, ref: 'main', subPath: 'x' }],
  ['https://example.com/a/b.git?subdir=x#main:/x/', { ...https, ref: 'main', subPath: 'x' }],
  ['https://example.com/a/b.git#feature%2Fx:a%20b', { ...https, ref: 'feature/x', subPath: 'a b' }],
  ['https://example.com/a/b.git#100%', { ...https, ref: '100%' }],
  ['git@example.com:a/b.git#feature%2Fx', { ...ssh, ref: 'feature%2Fx' }],
  ['https://example.com/a/b.git#', https],
  [`git@example.com:a/b.git#v1#${sha}:x`, { ...ssh, ref: 'v1', commit: sha, subPath: 'x' }],
  ['deploy@example.com:a/b', { ...ssh, url: 'deploy@example.com:a/b' }],
  ['github.com/a/b', { ...https, url: 'https://github.com/a/b', hostAndPath: 'github.com/a/b' }],
  [
    'github.com/a/b.git#v1:x',
    {
      ...https,
      url: 'https://github.com/a/b.git',
      hostAndPath: 'github.com/a/b.git',
      ref: 'v1',
      subPath: 'x',
    },
  ],
  ['https://example.com/a/b.git?branch=main&subdir=x', { ...https, ref: 'refs/heads/main', subPath: 'x' }],
  ['https://example.com/a/b.git?tag=refs/tags/v1', { ...https, ref: 'refs/tags/v1' }],
  [`https://example.com/a/b.git?ref=v1&checksum=${sha}#v1`, { ...https, ref: 'v1', commit: sha }],
  ['https://example.com/a/b.git?submodules', { ...https, submodules: true }],
  [
    'git://example.com/a/b.git?submodules=0&mtime=checkout&keep-git-dir=false',
    { ...https, submodules: false },
  ],
  ['git@example.com:a/b.git?ref=v1', { ...ssh, ref: 'v1' }],
])('%s', (reference, expected) => {
  expect(isGitReference(reference)).toBe(true);
  expect(parseGitReference(reference, 'https')).toEqual(expected);
});

test('git:// is what GIT_PULL_METHOD says', () => {
  expect(parseGitReference('git://example.com/a', 'http')).toMatchObject({ url: 'http://example.com/a' });
});

test.each([
  '.',
  '-',
  'a/b.git',
  './git@x',
  'C:\\a.git',
  './github.com/org/repo',
  'gitlab.com/org/repo',
  'https://github.com/org/repo',
  'user@host://folder',
  'https://example.com/context.tar.gz',
  'https://example.com/a.git/context.tar.gz',
  'https://example.com/a.tar.gz?x=b.git',
  's3://bucket/b.git',
  'file:///a/b.git',
  'ext::sh -c x',
])('%s is for others', (reference) => {
  expect(isGitReference(reference)).toBe(false);
});

test.each([
  ['git://example.com', 'repository'],
  ['git://', 'malformed'],
  ['git://exa mple.com/a', 'malformed'],
  ['git://example.com/a\nb', 'malformed'],
  ['git://example.com/a://b', 'malformed'],
  ['git://example.com/a?x=y', 'query'],
  ['git://example.com/a?ref=', 'no value'],
  ['git://example.com/a?ref=a&ref=b', 'twice'],
  ['git://example.com/a?ref=a#b', 'differ'],
  ['git://example.com/a?tag=a&branch=b', 'differ'],
  ['git://example.com/a?subdir=../x', 'leads out'],
  ['git://example.com/a?commit=abc', 'whole commit'],
  ['git://example.com/a?submodules=maybe', 'true or false'],
  ['git://example.com/a?keep-git-dir', 'keep-git-dir'],
  ['git://example.com/a?mtime=commit', 'mtime'],
  ['git@example.com:a?hunter2=x', 'query'],
  ['ssh://-oProxyCommand=x/a', 'dash'],
  ['ssh://-x@example.com/a', 'dash'],
  ['ssh://git:hunter2@example.com/a', 'password'],
  ['git@-oProxyCommand:x', 'malformed'],
  ['git@example.com:-x', 'malformed'],
  ['git://example.com/a#-x', 'not the name'],
  ['git://example.com/a#--upload-pack=x', 'not the name'],
  ['git://example.com/a#a..b', 'not the name'],
  ['git://example.com/a#a b', 'not the name'],
  ['git://example.com/a#a.lock', 'not the name'],
  ['git://example.com/a#@{-1}', 'not the name'],
  ['git://example.com/a#main#abc', 'whole commit'],
  [`git://example.com/a#main#${sha}#x`, 'more than'],
  ['git://example.com/a#main:../x', 'leads out'],
  ['git://example.com/a#main:x/../../y', 'leads out'],
  ['git://example.com/a#main:%2E%2E/x', 'leads out'],
  ['git://example.com/a#%0A', 'not the name'],
])('%s is refused, and not repeated', (reference, words) => {
  expect(() => parseGitReference(reference, 'https')).toThrow(
    expect.objectContaining({
      code: 'git-reference-invalid',
      message: expect.stringContaining(words) as string,
    }),
  );
  expect(() => parseGitReference(reference, 'https')).not.toThrow(/hunter2/);
});
