import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

const env = { PATH: process.env['PATH'] };

test('an abort ends a program with its children', async () => {
  const abort = new AbortController();
  const running = runCommand('sh', ['-c', 'sleep 60 & echo started >&2; wait'], {
    signal: abort.signal,
    env,
    onErrorLine: () => abort.abort(),
  });
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
});

test('an abort is not held up by what left the group of a program that has ended', async () => {
  const abort = new AbortController();
  let stray: number | undefined;
  const running = runCommand('sh', ['-c', "setsid sh -c 'echo $$ >&2; exec sleep 60' & sleep 0.2"], {
    signal: abort.signal,
    env,
    onErrorLine: (line) => {
      stray = Number(line);
      setTimeout(() => abort.abort(), 500);
    },
  });
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  // It is nobody's: the test ends it.
  const killing = spawn('kill', [String(stray)], { stdio: 'ignore' });
  expect(await once(killing, 'exit')).toEqual([0, null]);
});
