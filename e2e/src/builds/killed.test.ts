import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KanikitRun } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executorProcesses } from '../parts/executor-processes.ts';
import { goPart } from '../parts/go-part.ts';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';
import { writeContext } from './sample-context.ts';

const run = promisify(execFile);
let sandbox: BuildSandbox;
let context: string;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  context = await writeContext(sandbox.scratch, 'endless', {
    Dockerfile: `FROM ${sandbox.description.baseImage}\nRUN echo started && sleep 300\n`,
  });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** Starts the endless build and does something to it once its `RUN` runs; tells how it ended. */
async function endOf(
  interfere: (pod: string) => Promise<void>,
  memory?: string,
  dockerfile?: string,
): ReturnType<typeof resultOf> {
  await using kanikit = await sandbox.connect();
  const build = kanikit.start({
    context:
      dockerfile === undefined
        ? context
        : await writeContext(sandbox.scratch, 'other', { Dockerfile: dockerfile }),
    destinations: [`${sandbox.description.registry}/killed/app:1`],
    pod: { limits: { memory } },
  });
  return await resultOf(build, interfere);
}

async function resultOf(build: KanikitRun, interfere: (pod: string) => Promise<void>) {
  let pod = '';
  for await (const event of build.events) {
    if (event.type === 'pod-create') pod = event.pod;
    if (event.type === 'output' && event.text === 'started') await interfere(pod);
  }
  const { builds, leftovers } = await build.result;
  expect(leftovers).toEqual([]);
  expect(await sandbox.leftovers()).toEqual([]);
  return builds[0];
}

test('the pod is deleted by someone', { timeout: 60_000 }, async () => {
  const kubectl = await goPart('kubectl', new AbortController().signal);
  const env = { ...process.env, KUBECONFIG: sandbox.description.kubeconfig };
  const result = await endOf(async (pod) => {
    await run(kubectl, ['delete', 'pod', pod, '--wait=false'], { env });
  });
  expect(result?.outcome).toBe('failed');
  expect(result?.failure).toMatchObject({ code: 'pod-deleted', isRetryable: false });
});

test('the executor is killed', { timeout: 60_000 }, async () => {
  const result = await endOf(async () => {
    for (const pid of await executorProcesses(`${sandbox.description.registry}/killed/`))
      process.kill(pid, 'SIGKILL');
  });
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 137 });
  expect(result?.failure).toMatchObject({ code: 'executor-killed', isRetryable: true });
  expect(result?.attempts).toHaveLength(3);
});

test('the command of a RUN needs more memory than the pod may have', { timeout: 60_000 }, async () => {
  const result = await endOf(
    async () => undefined,
    '96Mi',
    `FROM ${sandbox.description.baseImage}\nRUN head -c 1000000000 /dev/zero | tail -c 900000000 > /dev/null\n`,
  );
  expect(result?.outcome).toBe('failed');
  expect(JSON.stringify(result?.failure)).toMatch(/memory/i);
  expect(result?.attempts).toHaveLength(1);
});
