import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const command = fileURLToPath(new URL('../../../kanikit', import.meta.url));
const recorded = fileURLToPath(new URL('../../../apps/cli/samples/recorded-build.log', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-elsewhere-'));
  await mkdir(join(folder, 'work', 'app'), { recursive: true });
  await writeFile(join(folder, 'work', 'app', 'Dockerfile'), 'FROM scratch\nCOPY here /\n');
  await writeFile(join(folder, 'work', 'app', 'here'), 'here');
  await mkdir(join(folder, 'bin'));
  await symlink(command, join(folder, 'bin', 'direct'));
  await symlink('direct', join(folder, 'bin', 'kanikit'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command of the clone where the user stands; rejects unless it ends with 0. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    cwd: join(folder, 'work'),
    env: { ...process.env, NO_COLOR: '1' },
  });
  return stdout;
}

test.each([
  ['the file itself', () => command],
  ['a link to a link to it', () => join(folder, 'bin', 'kanikit')],
])('called by %s, paths are those of the directory it is called from', async (_name, program) => {
  expect(await run(program(), 'context', 'ls', './app')).toMatch(/Dockerfile[^]*here/);
  await run(program(), 'context', 'pack', './app', '-o', 'out.tar');
  expect(await run(program(), 'context', 'ls', 'out.tar')).toMatch(/Dockerfile[^]*here/);
  expect(await run(program(), 'context', 'ls', '.', '--file', 'app/Dockerfile')).toContain('app/here');
});

test('what it prints is that of the command alone', async () => {
  const json: unknown = JSON.parse(await run(command, 'explain', recorded, '--json'));
  expect(json).toMatchObject({ schema: expect.stringMatching(/^kanikit\./) as string });
});

test('its exit code is that of the command', async () => {
  await expect(run(command, 'context', 'ls', './nothing')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('./nothing') as string,
  });
});
