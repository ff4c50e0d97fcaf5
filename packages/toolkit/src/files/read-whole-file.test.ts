import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWholeFile } from './read-whole-file.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanikit-files-'));
  writeFileSync(at('file'), 'content');
  writeFileSync(at('large'), Buffer.alloc(200_000, 'x'));
  mkdirSync(at('directory'));
  symlinkSync('file', at('link'));
  execFileSync('mkfifo', [at('pipe'), at('quiet-pipe')]);
});

afterAll(() => rmSync(folder, { recursive: true }));

test('a file is read whole, through links and without a size of its own', async () => {
  expect((await readWholeFile(at('link'), { largestBytes: 7 })).toString()).toBe('content');
  expect(await readWholeFile(at('large'), { largestBytes: 200_000 })).toHaveLength(200_000);
  expect((await readWholeFile('/proc/self/status', { largestBytes: 1e6 })).toString()).toContain('Name:');
});

test('a pipe gives what is written into it, whenever that comes', async () => {
  const reading = readWholeFile(at('pipe'), { largestBytes: 100 });
  const writer = spawn('sh', [
    '-c',
    `sleep 0.2; { printf 'fro'; sleep 0.2; printf 'm a pipe'; } > "$1"`,
    '-',
    at('pipe'),
  ]);
  expect((await reading).toString()).toBe('from a pipe');
  await once(writer, 'close');
});

test.each([
  ['more than allowed', 'large', {}, 'EFBIG'],
  ['more than allowed of a device', '/dev/zero', {}, 'EFBIG'],
  ['a directory', 'directory', {}, 'EISDIR'],
  ['nothing', 'nothing', {}, 'ENOENT'],
  ['a link, where files are wanted', 'link', { isStrict: true }, 'ELOOP'],
  ['a pipe, where files are wanted', 'pipe', { isStrict: true }, 'EINVAL'],
  ['a device, where files are wanted', '/dev/zero', { isStrict: true }, 'EINVAL'],
])('%s is an error', async (_what, name, options, code) => {
  const path = name.startsWith('/') ? name : at(name);
  await expect(readWholeFile(path, { largestBytes: 150_000, ...options })).rejects.toMatchObject({ code });
});

test('the wait for a pipe ends with its signal, and keeps no process from its end', async () => {
  const stop = new AbortController();
  const reading = readWholeFile(at('quiet-pipe'), { largestBytes: 100, signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  const entry = fileURLToPath(new URL('read-whole-file.ts', import.meta.url));
  const script = `
    const { readWholeFile } = await import(${JSON.stringify(entry)});
    process.on('SIGTERM', () => process.exit(3));
    setTimeout(() => process.stdout.write('waits'), 50);
    await readWholeFile(${JSON.stringify(at('quiet-pipe'))}, { largestBytes: 100 });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await exited).toEqual([3, null]);
});
