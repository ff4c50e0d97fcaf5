import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

/** The command as it is published: run as a process, from what was compiled. */
const bin = fileURLToPath(new URL('../bin/kanikit.mjs', import.meta.url));
const recorded = fileURLToPath(new URL('../fixtures/recorded-run.ndjson', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const started = new Set<ChildProcess>();
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
});

beforeAll(() => {
  const compiled = new URL('../dist/run-process.js', import.meta.url);
  if (!existsSync(compiled)) throw new Error('The command is not compiled: run "npx tsc -b apps/cli" first.');
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env.PATH, HOME: '/none', ...env },
    stdio: 'pipe',
  });
  started.add(child);
  // A process that ended does not read any longer what it is sent.
  child.stdin.on('error', () => undefined);
  return child;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') {
  const child = start(args, env);
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, out, err };
}

test.each(['--version', '-v', 'version'])('%s prints the version of the package', async (arg) => {
  expect(await run([arg])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('an unknown flag and an unknown command end with 2', async () => {
  expect(await run(['build', '.', '--tga', 'x'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('--tga'),
  });
  expect(await run(['biuld'])).toMatchObject({ code: 2, out: '' });
});

test('no cluster ends with 2 and says how to get one', async () => {
  const { code, err } = await run(['build', '.', '-t', 'r.example/app']);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: Looking for a cluster: .*\n hint: .*kanikit sandbox up/);
});

describe('into a pipe', () => {
  test.each([
    [['--help']],
    [['build', '--help']],
    [['replay', recorded, '--speed', 'max']],
    [['replay', recorded, '--speed', 'max', '--progress', 'json']],
    [['replay', recorded, '--speed', 'max', '-q']],
  ])('%j writes no escape bytes', async (args) => {
    const { code, out, err } = await run(args, { TERM: 'xterm-256color', COLORTERM: 'truecolor' });
    expect(code).toBe(0);
    expect(out).not.toBe('');
    expect(out + err).not.toMatch(/[\u001b\u009b]/);
  });

  test('FORCE_COLOR colours, NO_COLOR does not, both do not', async () => {
    const args = ['replay', recorded, '--speed', 'max'];
    expect((await run(args, { FORCE_COLOR: '1' })).out).toContain('\u001b[32m');
    expect((await run(args, { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain('\u001b');
  });

  test('the dashboard is refused', async () => {
    const { code, err } = await run(['replay', recorded, '--progress', 'tui']);
    expect(code).toBe(2);
    expect(err).toContain('The dashboard needs a terminal');
  });
});

describe('a reader that goes away', () => {
  test.each([
    [['replay', recorded, '--speed', 'max']],
    [['replay', recorded, '--speed', '1']],
    [['replay', recorded, '--speed', 'max', '--progress', 'json']],
    [['--help']],
    [['version']],
    [['explain', fileURLToPath(new URL('../samples/recorded-build.log', import.meta.url))]],
  ])('ends %j quietly', async (args) => {
    const child = start(args);
    child.stdin.end();
    child.stdout.destroy();
    const [err, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ err, signal: signal as unknown }).toEqual({ err: '', signal: null });
    expect([0, 130]).toContain(code);
  });
});

test.each([
  [['replay', recorded, '--speed', 'max']],
  [['replay', recorded, '--speed', 'max', '-q']],
  [['--help']],
  [['--version']],
])('output that can’t be written is told, and %j ends with 3', async (args) => {
  // A file opened for reading stands for a full disk.
  const file = openSync(recorded, 'r');
  try {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', file, 'pipe'] });
    started.add(child);
    const [err, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
    expect(err).toContain('error: Writing to standard output: EBADF');
    expect(err).not.toMatch(/^ +at .*js:\d/m);
    expect(code).toBe(3);
  } finally {
    closeSync(file);
  }
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends a replay with 130 and its summary',
    async (signal) => {
      const child = start(['replay', recorded, '--speed', '0.01']);
      child.stdin.end();
      child.stdout.setEncoding('utf8');
      let out = '';
      child.stdout.on('data', (chunk: string) => {
        if (out === '') child.kill(signal);
        out += chunk;
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code).toBe(130);
      expect(out).toMatch(/^run .*\n0 built, 4 not ended/s);
    },
  );
});
