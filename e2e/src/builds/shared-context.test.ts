import { randomBytes } from 'node:crypto';
import type { KanikitEvent } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';
import { writeContext } from './sample-context.ts';

let sandbox: BuildSandbox;
let context: string;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  context = await writeContext(sandbox.scratch, 'shared', {
    Dockerfile: 'ARG BASE\nFROM ${BASE}\nCOPY . /app\nRUN test -f /app/data && test ! -e /app/.kanikit*\n',
    'other.Dockerfile': 'ARG BASE\nFROM ${BASE}\nCOPY data other.Dockerfile /\nRUN test -f /data\n',
    data: randomBytes(12 * 1024 * 1024),
  });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const typesOf = (events: readonly KanikitEvent[], type: KanikitEvent['type']): number =>
  events.findIndex((event) => event.type === type);

function requestOf(
  name: string,
  dockerfile?: string,
): Parameters<Awaited<ReturnType<BuildSandbox['connect']>>['start']>[0] {
  return {
    name,
    context,
    dockerfile,
    destinations: [`${sandbox.description.registry}/shared/${name}:1`],
    buildArgs: { BASE: sandbox.description.baseImage },
  };
}

test('three builds with two Dockerfiles share one upload', async () => {
  await using kanikit = await sandbox.connect();
  const requests = [requestOf('a'), requestOf('b'), requestOf('c', 'other.Dockerfile')].flat();
  const run = kanikit.start(requests);
  const uploads = new Set<string>();
  for await (const event of run.events) {
    if (event.type === 'context-upload' && event.isDone) uploads.add(event.location);
  }
  const result = await run.result;
  expect(result.builds.map(({ outcome, failure }) => failure?.message ?? outcome)).toEqual([
    'succeeded',
    'succeeded',
    'succeeded',
  ]);
  expect([...uploads]).toHaveLength(1);
  expect(await sandbox.leftovers()).toEqual([]);
});

test('the pod waits, ready, for a context that is still uploaded, and starts when it is there', async () => {
  await using kanikit = await sandbox.connect({ launchAheadMs: 0 });
  const run = kanikit.start(requestOf('ahead'));
  const events: KanikitEvent[] = [];
  for await (const event of run.events) events.push(event);
  const result = await run.result;
  expect(result.outcome).toBe('succeeded');
  expect(typesOf(events, 'pod-create')).toBeLessThan(
    events.findIndex((event) => event.type === 'context-upload' && event.isDone),
  );
  expect(await sandbox.leftovers()).toEqual([]);
});
