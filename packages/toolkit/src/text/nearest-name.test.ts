import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const commands = ['build', 'explain', 'replay', 'sandbox', 'version', '--tag', '--target'];

test.each([
  ['biuld', 'build'],
  ['buld', 'build'],
  ['builds', 'build'],
  ['sand', 'sandbox'],
  ['repaly', 'replay'],
  ['vresoin', 'version'],
  ['--tga', '--tag'],
  ['--targte', '--target'],
  ['--tag', '--tag'],
  ['x', undefined],
  ['', undefined],
  ['publish', undefined],
])('the command nearest to "%s" is %s', (word, meant) => {
  expect(nearestName(word, commands)).toBe(meant);
});

const flags = ['cache', 'cache-dir', 'cache-repo', 'cleanup', 'context', 'destination', 'no-push'];

test.each([
  ['cach', 'cache'],
  ['caceh', 'cache'],
  ['Cache_Repo', 'cache-repo'],
  ['nopush', 'no-push'],
  ['destinatoin', 'destination'],
  ['privileged', undefined],
  ['x', undefined],
])('the flag nearest to "%s" is %s', (name, meant) => {
  expect(nearestName(name, flags)).toBe(meant);
});

test('words of megabytes are no mistyped names, and cost no time that grows with their product', () => {
  const long = 'x'.repeat(5_000_000);
  expect(nearestName(long, commands)).toBeUndefined();
  expect(nearestName(long, [`${long}y`])).toBeUndefined();
  expect(nearestName('buildx', [long, 'build'])).toBe('build');
});
