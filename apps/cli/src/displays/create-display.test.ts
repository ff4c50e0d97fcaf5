import { expect, test } from 'vitest';
import { runEvents, type Told } from '../testing/run-events.ts';
import { showEvents } from '../testing/show-events.ts';
import { createTestIo } from '../testing/test-io.ts';
import { createDisplay } from './create-display.ts';

const failure = {
  code: 'run-failed',
  message: 'The command “make” failed … with 2.',
  hint: 'Correct it – or leave it out.',
  isRetryable: false,
  step: undefined,
  lines: ['größe: 3 × 4 “quoted”'],
} as const;
const none = undefined;
const told: readonly Told[] = [
  {
    type: 'build-end',
    outcome: 'failed',
    digest: none,
    images: [],
    exitCode: 2,
    failure,
    durationMs: 1,
    logFile: none,
  },
];

async function shown(
  mode: 'plain' | 'quiet' | 'json',
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { io, out, err } = createTestIo({ env });
  const display = await createDisplay(mode, io, {
    cancel: () => undefined,
    interrupt: () => undefined,
    clock: () => 0,
  });
  await showEvents(display, runEvents(['app'], told));
  return out() + err();
}

test.each(['plain', 'quiet'] as const)('%s: own words are ASCII in a locale without UTF-8', async (mode) => {
  const text = await shown(mode, { LC_ALL: 'C' });
  expect(text).toContain('The command "make" failed ... with 2.');
  expect(text).toContain('größe: 3 x 4 "quoted"');
  expect(await shown(mode, { LC_ALL: 'C.UTF-8' })).toContain('The command “make” failed … with 2.');
});

test('json is the same in every locale', async () => {
  expect(await shown('json', { LC_ALL: 'C' })).toContain('The command “make” failed … with 2.');
});
