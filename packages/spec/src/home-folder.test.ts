import { expect, test } from 'vitest';
import { homeFolder } from './home-folder.ts';

const ofUser = (): string => '/home/of-user';
const nobody = (): string => {
  throw new Error('uv_os_homedir returned ENOENT (no such file or directory)');
};

test.each([
  ['the environment names it', { HOME: '/home/me' }, nobody, '/home/me'],
  ['without a name it is that of the user', {}, ofUser, '/home/of-user'],
  ['an empty name is none', { HOME: '' }, ofUser, '/home/of-user'],
  ['a user who has none', {}, nobody, '/'],
])('%s', (_what, env, of, expected) => {
  expect(homeFolder(env, of)).toBe(expected);
});
