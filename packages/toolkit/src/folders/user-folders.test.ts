import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { homeFolder, userFolder } from './user-folders.ts';

const ofUser = (): string => '/home/of-user';
const nobody = (): string => {
  throw new Error('uv_os_get_passwd returned ENOENT (no such file or directory)');
};
const ownTemporary = join(tmpdir(), `kanikit-home-${process.getuid!()}`);

test.each([
  ['the environment names it', { HOME: '/home/me' }, nobody, '/home/me'],
  ['without a name it is that of the user', {}, ofUser, '/home/of-user'],
  ['an empty name is none', { HOME: '' }, ofUser, '/home/of-user'],
  ['a relative name is none', { HOME: 'me' }, ofUser, '/home/of-user'],
  ['a user who has none', { HOME: '' }, nobody, '/'],
  ['a user whose entry is empty', {}, () => '', '/'],
])('home: %s', (_what, env, of, expected) => {
  expect(homeFolder(env, of)).toBe(expected);
});

test.each([
  ['the environment names it', { XDG_CACHE_HOME: '/cache' }, nobody, '/cache'],
  ['a relative name is none', { XDG_CACHE_HOME: 'cache', HOME: '/home/me' }, nobody, '/home/me/.cache'],
  ['below the home of the password file', { HOME: '' }, ofUser, '/home/of-user/.cache'],
  ['a user without a home has a temporary one', { HOME: '' }, nobody, join(ownTemporary, '.cache')],
])('caches: %s', (_what, env, of, expected) => {
  expect(userFolder('cache', env, of)).toBe(expected);
});

test('the password file is asked, not the empty HOME of this process', () => {
  const before = process.env['HOME'];
  process.env['HOME'] = '';
  try {
    expect(homeFolder(process.env)).toMatch(/^\//);
  } finally {
    process.env['HOME'] = before;
  }
});

test('where no temporary folder can be made either, it is below /', () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/proc/none';
  try {
    expect(userFolder('cache', { HOME: '' }, nobody)).toBe('/.cache');
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
