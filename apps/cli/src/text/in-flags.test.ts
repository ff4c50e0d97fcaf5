import { expect, test } from 'vitest';
import { eventsInFlags, hintInFlags, inFlags } from './in-flags.ts';

test.for<readonly [string, string]>([
  ['Raise `timeoutMs`, or wait.', 'Raise --timeout, or wait.'],
  ['Build there: `contextSubPath: app: one`.', 'Build there: --context-sub-path app: one.'],
  ['To build without pushing, say so (`push: false`).', 'To build without pushing, say so (--no-push).'],
  ['Try --single-snapshot in `executorArgs`.', 'Try --single-snapshot in the arguments after --.'],
  ["Ask for it: `minimalRole({ namespace: 'ci' })`.", 'Ask for it: kanikit doctor --print-role -n ci.'],
  ['Ask for it: `minimalRole()`.', 'Ask for it: kanikit doctor --print-role.'],
  ['The file `constructor` and `x: y` stay.', 'The file `constructor` and `x: y` stay.'],
])('a hint for a command line: %s', ([hint, told]) => {
  expect(hintInFlags(hint)).toBe(told);
});

test('hints are told as flags wherever they are, and nothing else changes', async () => {
  const failure = { message: 'It says `timeoutMs`.', hint: 'Raise `timeoutMs`.' };
  const event = {
    type: 'build-end',
    failure,
    images: [{ hint: 'Give `store`.' }],
    exitCode: 2,
    digest: undefined,
  };
  const told = {
    ...event,
    failure: { ...failure, hint: 'Raise --timeout.' },
    images: [{ hint: 'Give --bucket.' }],
  };
  expect(inFlags(event)).toStrictEqual(told);
  const events = await Array.fromAsync(eventsInFlags([event] as unknown as AsyncIterable<unknown>));
  expect(events).toStrictEqual([told]);
});
