import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../main.ts';
import { createTestIo, type TestIoOptions } from '../testing/test-io.ts';

/** A real log: a build of 1.24.0 that pushed its image. */
const recorded = fileURLToPath(new URL('../../samples/recorded-build.log', import.meta.url));
const failed = [
  'INFO[0000] Retrieving image manifest alpine:3.22',
  'INFO[0001] Executing 0 build triggers',
  "INFO[0001] Building stage 'alpine:3.22' [idx: '0', base-idx: '-1']",
  'INFO[0001] Unpacking rootfs as cmd RUN make requires it.',
  'INFO[0002] RUN make',
  'INFO[0002] Initializing snapshotter ...',
  'INFO[0002] Taking snapshot of full filesystem...',
  'INFO[0003] Cmd: /bin/sh',
  'INFO[0003] Args: [-c make]',
  'INFO[0003] Running: [/bin/sh -c make]',
  'make: *** No rule to make target. Stop.',
  'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 2',
  '',
].join('\n');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-explain-'));
  await writeFile(join(folder, 'failed.log'), failed);
  await writeFile(join(folder, 'Dockerfile'), 'FROM alpine:3.22\nENV A=1\nRUN make\n');
});
afterAll(() => rm(folder, { recursive: true }));

async function explain(line: string, options: TestIoOptions = {}) {
  const { io, out, err } = createTestIo(options);
  const words = line.replaceAll('FOLDER', folder).replaceAll('RECORDED', recorded).split(' ');
  const code = await main(['explain', ...words], io);
  return { code, out: out(), err: err() };
}

async function reportOf(line: string, options: TestIoOptions = {}): Promise<Report> {
  const { code, out, err } = await explain(`${line} --json`, options);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Report;
}

interface Report {
  readonly schema: string;
  readonly verdict: {
    readonly outcome: string;
    readonly exitCode: number | null;
    readonly failure: { readonly code: string; readonly step: { readonly index: number } | null } | null;
  };
  readonly images: readonly unknown[];
}

describe('--json', () => {
  test('has exactly the keys of the schema', async () => {
    const report = await reportOf('FOLDER/failed.log');
    expect(shape(report)).toEqual(shape(documented()));
    expect(report).toMatchObject({
      schema: 'kanikit.explain/1',
      verdict: { outcome: 'failed', exitCode: 2, failure: { code: 'run-failed' } },
    });
  });

  test('a log from a file and from standard input gives the same', async () => {
    const input = readFileSync(recorded);
    const fromFile = await reportOf('RECORDED');
    expect(await reportOf('-', { input })).toEqual(fromFile);
    expect(fromFile).toMatchObject({ verdict: { outcome: 'succeeded', exitCode: 0, failure: null } });
    expect(fromFile.images).toHaveLength(1);
  });

  test('--exit-code counts where the log can’t tell', async () => {
    const input = failed.split('\n').slice(0, 5).join('\n');
    expect((await reportOf('-', { input })).verdict).toMatchObject({ outcome: 'unfinished', exitCode: null });
    expect((await reportOf('- --exit-code 137', { input })).verdict).toMatchObject({ exitCode: 137 });
  });

  test('--dockerfile gives steps their place', async () => {
    const bare = await reportOf('FOLDER/failed.log');
    const placed = await reportOf('FOLDER/failed.log --dockerfile FOLDER/Dockerfile');
    expect(bare.verdict.failure?.step?.index).toBe(0);
    expect(placed.verdict.failure?.step?.index).toBe(1);
  });
});

describe('for people', () => {
  test('tells what failed', async () => {
    const { code, out } = await explain('FOLDER/failed.log');
    expect(code).toBe(0);
    expect(out).toContain('RUN make');
    expect(out).toContain('No rule to make target');
    expect(out).toMatch(/[^\n]\n$/);
    expect(out).not.toContain('\u001b');
  });

  test.each<[string, TestIoOptions, boolean]>([
    ['a terminal', { isTTY: true, columns: 80 }, true],
    ['NO_COLOR', { isTTY: true, columns: 80, env: { NO_COLOR: '1' } }, false],
    ['FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
  ])('in colour on %s', async (_name, options, isColoured) => {
    expect((await explain('FOLDER/failed.log', options)).out.includes('\u001b[')).toBe(isColoured);
  });

  test('nothing of a hostile log reaches the terminal', async () => {
    const input = failed.replace('*** No', '\u001b]0;pwned\u0007\u001b[2J\u202e*** No');
    expect((await explain('-', { input })).out).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  test('an empty log is explained, too', async () => {
    expect((await explain('-', { input: '' })).code).toBe(0);
  });
});

describe('refuses', () => {
  test.each<[string, string, TestIoOptions, string]>([
    ['a missing log', 'FOLDER/none.log', {}, 'error: Reading the log '],
    ['a folder', 'FOLDER', {}, 'it is a directory'],
    [
      'a missing Dockerfile',
      'FOLDER/failed.log --dockerfile FOLDER/none',
      {},
      'error: Reading the Dockerfile ',
    ],
    ['a bad exit code', 'FOLDER/failed.log --exit-code bad', {}, 'error: --exit-code takes a whole number'],
    ['a terminal for a log', '-', { isTTY: true }, 'error: There is no log on standard input.'],
  ])('%s', async (_name, line, options, problem) => {
    const { code, out, err } = await explain(line, options);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
  });
});

/** The example of docs/explain.md, made to fit a log without an image. */
function documented(): unknown {
  const page = readFileSync(new URL('../../../../docs/explain.md', import.meta.url), 'utf8');
  const example = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? '') as object;
  return { ...example, images: [] };
}

/** The keys of an object, in order, without its values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return null;
  return Object.entries(value).map(([key, item]) => [key, shape(item)]);
}
