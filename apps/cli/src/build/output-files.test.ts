import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunResult } from '@kanikit/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOfRun } from './exit-code.ts';
import { writeDigestFile, writeMetadataFile } from './output-files.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const built: RunResult['builds'][number] = {
  id: 'api-1',
  name: 'api',
  outcome: 'succeeded',
  digest,
  images: [
    { reference: 'x.io/api:1', digest },
    { reference: 'x.io/api:2', digest },
  ],
  exitCode: 0,
  failure: undefined,
  durationMs: 5,
  logFile: undefined,
  reason: undefined,
  attempts: [{ number: 1, failure: undefined, durationMs: 5, logFile: undefined }],
};
const failure = {
  code: 'run-failed' as const,
  message: 'm',
  hint: undefined,
  step: undefined,
  lines: [],
  isRetryable: false,
};
const broken = {
  ...built,
  name: 'web',
  outcome: 'failed' as const,
  digest: undefined,
  images: [],
  exitCode: 1,
  failure,
};

function result(change: Partial<RunResult> = {}): RunResult {
  return {
    run: 'r',
    outcome: 'succeeded',
    builds: [built],
    durationMs: 5,
    problems: [],
    leftovers: [],
    ...change,
  };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('result files', () => {
  test('--iidfile holds the digest alone', async () => {
    await writeDigestFile(join(folder, 'iid'), result());
    expect(await readFile(join(folder, 'iid'), 'utf8')).toBe(digest);
  });

  test('--iidfile is not written for a build that failed', async () => {
    await writeDigestFile(join(folder, 'none'), result({ builds: [broken] }));
    await expect(readFile(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });

  test('--metadata-file has docker’s keys', async () => {
    await writeMetadataFile(join(folder, 'one.json'), result());
    expect(JSON.parse(await readFile(join(folder, 'one.json'), 'utf8'))).toMatchObject({
      'containerimage.digest': digest,
      'image.name': 'x.io/api:1,x.io/api:2',
      kanikit: { run: 'r', name: 'api', outcome: 'succeeded' },
    });
  });

  test('--metadata-file of several builds is keyed by name', async () => {
    await writeMetadataFile(join(folder, 'two.json'), result({ builds: [built, broken] }));
    const content = JSON.parse(await readFile(join(folder, 'two.json'), 'utf8')) as Record<string, object>;
    expect(Object.keys(content)).toEqual(['api', 'web']);
    expect(content.web).not.toHaveProperty('containerimage.digest');
  });

  test('a place that can’t be written is named', async () => {
    const path = join(folder, 'missing', 'iid');
    await expect(writeDigestFile(path, result())).rejects.toMatchObject({
      code: 'output-file-failed',
      message: expect.stringContaining(path),
    });
  });
});

const problem = { code: 'cluster-denied', message: 'm', hint: undefined, build: undefined } as const;

test.each([
  ['done', {}, 0],
  ['a build failed', { outcome: 'failed' as const, builds: [broken] }, 1],
  [
    'the request is wrong',
    { outcome: 'failed' as const, problems: [{ ...problem, scope: 'request' as const }] },
    2,
  ],
  [
    'the cluster refuses',
    { outcome: 'failed' as const, problems: [{ ...problem, scope: 'environment' as const }] },
    3,
  ],
  [
    'cancelled',
    { outcome: 'cancelled' as const, builds: [{ ...built, outcome: 'cancelled' as const }] },
    130,
  ],
  [
    'a build failed and cancelled the others',
    {
      outcome: 'failed' as const,
      isFailedFast: true,
      builds: [broken, { ...built, outcome: 'cancelled' as const }],
    },
    1,
  ],
  [
    'a build failed, then somebody interrupted',
    { outcome: 'failed' as const, builds: [broken, { ...built, outcome: 'cancelled' as const }] },
    130,
  ],
])('exit code: %s', (_name, change, code) => expect(exitCodeOfRun(result(change))).toBe(code));
