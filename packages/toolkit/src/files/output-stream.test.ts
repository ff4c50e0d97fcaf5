import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOutput } from './output-stream.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-output-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makePipe(name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

const entry = fileURLToPath(new URL('output-stream.ts', import.meta.url));

test('a file gets the content in place of its own', async () => {
  const path = join(folder, 'file');
  await writeOutput(path, 'a longer text');
  await writeOutput(path, 'short');
  expect(readFileSync(path, 'utf8')).toBe('short');
});

test('a place that is not there is an error', async () => {
  await expect(writeOutput(join(folder, 'none', 'file'), 'text')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a pipe gets the content, of any size, once it has a reader', async () => {
  const path = makePipe('pipe');
  const content = 'x'.repeat(300_000);
  const writing = writeOutput(path, content);
  const reader = spawn('sh', ['-c', 'sleep 0.2; cat "$1"', 'sh', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [read] = await Promise.all([text(reader.stdout), writing]);
  expect(read).toBe(content);
});

test('a reader that goes away is an error', async () => {
  const path = makePipe('left');
  const reader = spawn('sh', ['-c', 'head -c 1 "$1"', 'sh', path], { stdio: 'ignore' });
  const left = once(reader, 'exit');
  await expect(writeOutput(path, 'x'.repeat(300_000))).rejects.toMatchObject({ code: 'EPIPE' });
  await left;
});

test.each([
  ['no reader', ''],
  [
    'a reader that reads nothing',
    'const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);',
  ],
])('a pipe with %s keeps no process from its end', async (what, open) => {
  const path = makePipe(what.replaceAll(' ', '-'));
  const script = `
    import { constants, openSync } from 'node:fs';
    const { writeOutput } = await import(${JSON.stringify(entry)});
    const path = ${JSON.stringify(path)};
    ${open}
    process.on('SIGTERM', () => process.exit(3));
    setTimeout(() => process.stdout.write('waits'), 50);
    await writeOutput(path, 'x'.repeat(300_000));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await exited).toEqual([3, null]);
});
