import { expect, test } from 'vitest';
import { suggest } from './suggest.ts';

const names = ['build', 'explain', 'replay', 'sandbox', 'version', '--tag', '--target'];

test.each([
  ['biuld', 'build'],
  ['buld', 'build'],
  ['builds', 'build'],
  ['sand', 'sandbox'],
  ['repaly', 'replay'],
  ['vresoin', 'version'],
  ['--tga', '--tag'],
  ['--targte', '--target'],
  ['x', undefined],
  ['', undefined],
  ['publish', undefined],
])('%s → %s', (word, meant) => {
  expect(suggest(word, names)).toBe(meant);
});
