import { randomBytes } from 'node:crypto';
import type { KanikitEvent } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';
import { writeContext } from './sample-context.ts';

let sandbox: BuildSandbox;
let context: string;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  context = await writeContext(sandbox.scratch, 'slow', {
    Dockerfile: 'ARG BASE\nFROM ${BASE}\nCOPY data /data\nRUN echo working && sleep 2\nRUN echo done\n',
    // Random bytes do not compress, so packing and uploading take more than one block.
    data: randomBytes(24 * 1024 * 1024),
  });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const isExecutorPhase = (event: KanikitEvent, phase: string) =>
  event.type === 'phase-start' && event.phase === phase;

/** A moment of a build, found by its first event. */
const moments: readonly (readonly [string, (event: KanikitEvent) => boolean])[] = [
  ['the start', (event) => event.type === 'run-start'],
  ['preflight', (event) => event.type === 'build-phase' && event.phase === 'preflight'],
  ['packing', (event) => event.type === 'context-pack' && !event.isDone],
  ['uploading', (event) => event.type === 'context-upload' && !event.isDone],
  ['the upload', (event) => event.type === 'context-upload' && event.isDone],
  ['the creation of the pod', (event) => event.type === 'pod-create'],
  ['waiting for the pod', (event) => event.type === 'build-wait'],
  ['the start of the executor', (event) => event.type === 'pod-start'],
  ['unpacking the base', (event) => isExecutorPhase(event, 'unpack')],
  ['a RUN', (event) => event.type === 'output'],
  ['a snapshot', (event) => isExecutorPhase(event, 'snapshot')],
  ['the push', (event) => event.type === 'push-start'],
];

test.each(moments)('cancelled at %s: nothing is left', { timeout: 60_000 }, async (_name, isMoment) => {
  await using kanikit = await sandbox.connect();
  const abort = new AbortController();
  const run = kanikit.start(
    {
      context,
      destinations: [`${sandbox.description.registry}/cancel/slow:1`],
      buildArgs: { BASE: sandbox.description.baseImage },
    },
    { signal: abort.signal },
  );
  let isSeen = false;
  for await (const event of run.events) {
    if (!isSeen && isMoment(event)) {
      isSeen = true;
      abort.abort();
    }
  }
  const result = await run.result;
  expect(isSeen).toBe(true);
  expect(result.outcome).toBe('cancelled');
  expect(result.leftovers).toEqual([]);
  expect(await sandbox.leftovers()).toEqual([]);
});

test('cancelled while streaming the context to stdin: nothing is left', { timeout: 60_000 }, async () => {
  await using kanikit = await sandbox.connect({ store: undefined });
  const run = kanikit.start({
    context,
    destinations: [`${sandbox.description.registry}/cancel/slow:1`],
    buildArgs: { BASE: sandbox.description.baseImage },
  });
  for await (const event of run.events) if (event.type === 'context-pack') run.cancel();
  expect((await run.result).outcome).toBe('cancelled');
  expect(await sandbox.leftovers()).toEqual([]);
});

test('leaving an await using block cancels what runs', { timeout: 60_000 }, async () => {
  await using kanikit = await sandbox.connect();
  {
    await using run = kanikit.start({
      context,
      destinations: [`${sandbox.description.registry}/cancel/slow:1`],
      buildArgs: { BASE: sandbox.description.baseImage },
    });
    for await (const event of run.events) if (event.type === 'pod-start') break;
  }
  expect(await sandbox.leftovers()).toEqual([]);
});
