import { expect, test } from 'vitest';
import { ansiColors, chooseColors, noColors } from './colors.ts';

const terminal = { isTTY: true };
const pipe = { isTTY: false };

test.each([
  ['a terminal', terminal, {}, true],
  ['a pipe', pipe, {}, false],
  ['TERM=dumb', terminal, { TERM: 'dumb' }, false],
  ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
  ['FORCE_COLOR in a pipe', pipe, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
  ['FORCE_COLOR=false', terminal, { FORCE_COLOR: 'false' }, false],
  ['FORCE_COLOR on a dumb terminal', terminal, { FORCE_COLOR: '3', TERM: 'dumb' }, true],
  ['both', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
])('%s', (_name, stream, env, isColoured) => {
  expect(chooseColors(stream, env)).toBe(isColoured ? ansiColors : noColors);
});

test('colours end where they began, and nothing is coloured for nothing', () => {
  expect(ansiColors.bad('x')).toBe('\u001b[31mx\u001b[39m');
  expect(ansiColors.bad('')).toBe('');
});
