import type { BuildEvent, ExecutorDistribution } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { unexpectedExecutor } from './unexpected-executor.ts';

const detected = (distribution: 'google' | 'osscontainertools' | undefined): BuildEvent => ({
  type: 'executor-detect',
  distribution,
  version: undefined,
  logFormat: 'json',
});

test.each([
  ['osscontainertools', '1.28.3', 'google', true],
  ['osscontainertools', '1.28.3', 'osscontainertools', false],
  ['osscontainertools', '1.28.3', undefined, false],
  // Logs of old releases of the fork look like those of google.
  ['osscontainertools', '1.24.3', 'google', false],
  ['google', '1.24.0', 'osscontainertools', true],
  ['google', '1.24.0', 'google', false],
  ['chainguard', '1.25.5', 'google', false],
  ['chainguard', '1.25.5', 'osscontainertools', true],
] as const)('%s %s was chosen, the log proves %s: told %s', (distribution, version, found, isTold) => {
  const warningOf = unexpectedExecutor({
    distribution: distribution satisfies ExecutorDistribution,
    version,
  });
  const first = warningOf(detected(found));
  expect(first !== undefined).toBe(isTold);
  if (isTold) expect(first).toMatchObject({ type: 'notice', code: 'executor-unexpected' });
  expect(warningOf(detected(found))).toBeUndefined();
});

test('what a sandbox has told already is not told again', () => {
  const warningOf = unexpectedExecutor({ distribution: 'osscontainertools', version: '1.28.3' });
  const told = {
    type: 'notice',
    level: 'warning',
    code: 'ExecutorSubstituted',
    message: 'm',
    hint: undefined,
  } as const;
  expect(warningOf(told)).toBeUndefined();
  expect(warningOf(detected('google'))).toBeUndefined();
});
