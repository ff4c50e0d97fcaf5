import { describe, expect, test } from 'vitest';
import { captureProgram, type ProgramCall } from './capture-program.ts';

const never = new AbortController().signal;

function capture(script: string, more: Partial<ProgramCall> = {}, signal = never) {
  const call = {
    command: 'sh',
    args: ['-c', script],
    env: process.env,
    timeoutMs: 60_000,
    longestOutput: 1000,
  };
  return captureProgram({ ...call, ...more }, signal);
}

test('what a program answers and says, and how it ended', async () => {
  expect(await capture('echo "got $(cat)"; echo why >&2; exit 3', { input: 'this' })).toEqual({
    kind: 'ended',
    code: 3,
    killedBy: null,
    output: 'got this\n',
    words: 'why\n',
  });
  expect(await capture('kill -9 $$')).toMatchObject({ kind: 'ended', code: null, killedBy: 'SIGKILL' });
  expect(await capture('cat')).toMatchObject({ code: 0, output: '' });
});

test('a program that does not read its input is judged by its exit code', async () => {
  expect(await capture('exit 0', { input: 'x'.repeat(1_000_000) })).toMatchObject({ code: 0 });
});

test('of many words the beginning is kept', async () => {
  const end = await capture('echo first >&2; yes | head -c 200000 >&2');
  expect(end).toMatchObject({ words: expect.stringMatching(/^first\n/) as unknown });
  expect((end as { words: string }).words).toHaveLength(64 * 1024);
});

describe('a program that ignores signals, and one that leaves a child with its pipes', () => {
  test.each([
    ['says too much', "trap '' TERM; yes", { kind: 'too-long' }],
    ['leaves the talking to a child', 'yes & wait', { kind: 'too-long' }],
    ['takes too long', "trap '' TERM; echo w >&2; while :; do sleep 1; done", { kind: 'late' }],
    ['waits for a child', 'sleep 30 & wait', { kind: 'late' }],
  ])('%s', async (_what, script, end) => {
    expect(await capture(script, { timeoutMs: end.kind === 'late' ? 300 : 60_000 })).toMatchObject(end);
  });

  test('is not waited for after an abort, whose reason is thrown', async () => {
    const stop = new AbortController();
    const end = capture("trap '' TERM; sleep 30 & wait", {}, stop.signal);
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 100);
    await expect(end).rejects.toBe(reason);
  });
});

test.each([
  ['is not there', 'no-such-program', [], { isMissing: true }],
  ['gets a zero byte', 'sh', ['\0'], { isMissing: false }],
])('a program that %s does not start', async (_what, command, args, end) => {
  expect(await capture('', { command, args })).toMatchObject({ kind: 'not-started', ...end });
});
