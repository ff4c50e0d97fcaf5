import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['cache', 'cache-dir', 'cache-repo', 'cleanup', 'context', 'destination', 'no-push'];

it.each([
  ['cach', 'cache'],
  ['caceh', 'cache'],
  ['Cache_Repo', 'cache-repo'],
  ['nopush', 'no-push'],
  ['destinatoin', 'destination'],
  ['privileged', undefined],
  ['x', undefined],
])('%s is near %s', (name, expected) => {
  expect(nearestName(name, names)).toBe(expected);
});
