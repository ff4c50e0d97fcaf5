import { describe, expect, test } from 'vitest';
import { createTestIo } from '../testing/test-io.ts';
import { usageProblem } from '../testing/usage-problem.ts';
import { chooseMode, type ModeChoice } from './choose-mode.ts';

const screen = { isTTY: true, columns: 100, rows: 30 };
const auto: ModeChoice = { progress: undefined, quiet: undefined, isStdinUsed: false };

describe('without a wish', () => {
  test.each([
    ['a terminal', {}, screen, 'tui'],
    ['a pipe', {}, { isTTY: false }, 'plain'],
    ['a terminal that does not tell its size', {}, { isTTY: true, columns: 0, rows: 0 }, 'tui'],
    ['a narrow terminal', {}, { ...screen, columns: 59 }, 'plain'],
    ['a low terminal', {}, { ...screen, rows: 11 }, 'plain'],
    ['the smallest terminal', {}, { isTTY: true, columns: 60, rows: 12 }, 'tui'],
    ['CI', { CI: 'true' }, screen, 'plain'],
    ['CI switched off', { CI: 'false' }, screen, 'tui'],
    ['CI switched off in Go’s way', { CI: 'F' }, screen, 'tui'],
    ['CI in a word of its own', { CI: 'woodpecker' }, screen, 'plain'],
    ['an empty variable', { KANIKIT_PROGRESS: '' }, screen, 'tui'],
    ['TERM=dumb', { TERM: 'dumb' }, screen, 'plain'],
    ['a screen reader', { INK_SCREEN_READER: 'true' }, screen, 'plain'],
    ['KANIKIT_PROGRESS', { KANIKIT_PROGRESS: 'json' }, screen, 'json'],
    ['KANIKIT_PROGRESS=auto', { KANIKIT_PROGRESS: 'auto' }, screen, 'tui'],
  ])('%s', (_name, env, terminal, mode) => {
    expect(chooseMode(auto, createTestIo({ env, ...terminal }).io)).toBe(mode);
  });

  test('standard input that is the context can’t have keys', () => {
    expect(chooseMode({ ...auto, isStdinUsed: true }, createTestIo(screen).io)).toBe('plain');
  });
});

describe('a wish', () => {
  const env = { KANIKIT_PROGRESS: 'json', CI: 'true' };
  test.each([
    [{ progress: 'plain' }, 'plain'],
    [{ progress: 'tui' }, 'tui'],
    [{ progress: 'quiet' }, 'quiet'],
    [{ quiet: true }, 'quiet'],
    [{ progress: 'auto' }, 'json'],
  ])('%j counts more than the environment', (choice, mode) => {
    expect(chooseMode({ ...auto, ...choice }, createTestIo({ env, ...screen }).io)).toBe(mode);
  });

  test('for a dashboard on a small terminal gives plain lines', () => {
    const { io } = createTestIo({ ...screen, columns: 40 });
    expect(chooseMode({ ...auto, progress: 'tui' }, io)).toBe('plain');
  });

  test.each([
    [{ progress: 'tui' }, {}, { isTTY: false }, 'needs a terminal, and there is none here'],
    [{ progress: 'tui', isStdinUsed: true }, {}, screen, 'standard input is the context or the Dockerfile'],
    [
      {},
      { KANIKIT_PROGRESS: 'fancy' },
      screen,
      'KANIKIT_PROGRESS takes auto, tui, plain, json, quiet; got "fancy".',
    ],
  ])('that can’t be: %j', (choice, environment, terminal, problem) => {
    const { io } = createTestIo({ env: environment, ...terminal });
    expect(usageProblem(() => chooseMode({ ...auto, ...choice }, io))).toContain(problem);
  });
});
