import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isKanikitError, type KanikitEvent } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEvents } from '../replay/read-events.ts';
import { runEvents } from '../testing/run-events.ts';
import { record } from './record.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-record-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** More than the buffer of a file holds. */
const events = runEvents(
  ['app'],
  Array.from({ length: 500 }, (_unused, index) => ({
    type: 'output',
    text: `${index} ${'x'.repeat(1_000)}`,
  })),
);

async function* listed(): AsyncIterable<KanikitEvent> {
  yield* events;
}

test('passes every event on, and what it wrote can be played', async () => {
  const path = join(folder, 'run.ndjson');
  expect(await Array.fromAsync(record(listed(), path))).toEqual(events);
  const played = await Array.fromAsync(readEvents(path, process.stdin));
  expect(played).toEqual(JSON.parse(JSON.stringify(events)));
});

test('a reader that stops early leaves whole lines', async () => {
  const path = join(folder, 'early.ndjson');
  for await (const event of record(listed(), path)) if (event.seq === 3) break;
  expect(await readFile(path, 'utf8').catch(() => '')).toMatch(/^(?:\{.*\}\n)*$/);
});

test('a file that can’t be written ends it, with its name', async () => {
  const path = join(folder, 'none', 'run.ndjson');
  const problem: unknown = await Array.fromAsync(record(listed(), path)).catch((error: unknown) => error);
  if (!isKanikitError(problem)) throw problem;
  expect(problem).toMatchObject({ code: 'output-file-failed' });
  expect(problem.message).toContain(`Writing ${path} (--record): ENOENT`);
});
