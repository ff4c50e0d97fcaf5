import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isRunning, markProcess, parseStat, signalProcess, waitUntilGone } from './processes.ts';

const rest = '5429 5371 13952 0 -1 4227084 123 0 0 0 0 0 0 0 20 0';

// Lines of Linux 6.18.
test.each([
  ['a process', `54 (sleep) S ${rest} 1 0 224359 0 0`, true],
  ['a process in the kernel', `54 (dd) D ${rest} 1 0 224359 0 0`, true],
  ['a zombie', `54 (sleep) Z ${rest} 1 0 224359 0 0`, false],
  [
    'a process whose first thread has ended before the others',
    `54 (executor) Z ${rest} 2 0 224359 0 0`,
    true,
  ],
  ['a process that is called like the state of another', `54 (a) Z ) S ${rest} 1 0 224359 0 0`, true],
])('tells whether %s is alive', (_what, line, isAlive) => {
  expect(parseStat(line)).toEqual({ isAlive, parent: 5429, startTicks: '224359' });
});

test('text that is cut is no process', () => {
  expect(parseStat('54 (sleep) S 1 2')).toBeUndefined();
});

test('signals the marked process, and none that has its number later', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const mark = (await markProcess(child.pid!))!;
  expect(await signalProcess({ ...mark, startTicks: '1' }, 'SIGKILL')).toBe(false);
  expect(await signalProcess({ ...mark, bootId: 'other' }, 'SIGKILL')).toBe(false);
  expect(await isRunning(mark)).toBe(true);
  expect(await signalProcess(mark, 'SIGKILL')).toBe(true);
  expect(await waitUntilGone(mark, 10_000)).toBe(true);
  expect(child.exitCode).toBe(null);
});
