import { expect, test } from 'vitest';
import { credentialsFromSecret, findGitCredentials } from './git-credentials.ts';
import { parseGitReference } from './git-reference.ts';

const all = { GIT_TOKEN: 'token', GIT_USERNAME: 'user', GIT_PASSWORD: 'password' };
const { GIT_TOKEN: _token, ...pair } = all;

test.each<[what: string, reference: string, env: Record<string, string>, expected: unknown]>([
  ['none', 'https://h/a.git', {}, undefined],
  ['none where they are empty', 'https://h/a.git', { GIT_TOKEN: '', GIT_USERNAME: '' }, undefined],
  [
    'a token before a user',
    'https://h/a.git',
    all,
    { username: 'token', password: '', secretEnv: { GIT_TOKEN: 'token' } },
  ],
  ['user and password', 'https://h/a.git', pair, { username: 'user', password: 'password', secretEnv: pair }],
  [
    'those of the URL before all',
    'https://u:p@h/a.git',
    all,
    { username: 'u', password: 'p', secretEnv: { GIT_USERNAME: 'u', GIT_PASSWORD: 'p' } },
  ],
  ['none for ssh', 'git@h:a.git', all, undefined],
])('%s', (_what, reference, env, expected) => {
  expect(findGitCredentials(parseGitReference(reference, 'https'), env)).toEqual(expected);
});

test.each(['token\n', 'a\r', 'a\0b'])(
  'a token that would break the talk with the helper is refused: %j',
  (token) => {
    expect(() =>
      findGitCredentials(parseGitReference('https://h/a.git', 'https'), { GIT_TOKEN: token }),
    ).toThrow(expect.objectContaining({ code: 'git-reference-invalid' }));
  },
);

test('a secret may have either', () => {
  expect(credentialsFromSecret('git')).toMatchObject({
    GIT_TOKEN: { secret: 'git', key: 'token', isOptional: true },
    GIT_USERNAME: { secret: 'git', key: 'username', isOptional: true },
    GIT_PASSWORD: { secret: 'git', key: 'password', isOptional: true },
  });
});
