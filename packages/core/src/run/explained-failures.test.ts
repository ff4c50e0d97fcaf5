import { expect, test } from 'vitest';
import type { KanikitEvent } from '@kanikit/spec';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment } from '../testing/scripted-context.ts';
import type { BuildResult } from '../model/result.ts';
import { startRun } from './start-run.ts';

const line = (message: string) => `time="2026-01-01T00:00:00Z" level=info msg=${JSON.stringify(message)}\n`;
const logOfRun = [
  "Building stage 'alpine' [idx: '0', base-idx: '-1']",
  'Unpacking rootfs as cmd RUN make requires it.',
  'RUN make',
  'Running: [/bin/sh -c make]',
]
  .map(line)
  .join('');

async function play(script: PodScript): Promise<{ build: BuildResult | undefined; events: KanikitEvent[] }> {
  const events: KanikitEvent[] = [];
  const cluster = createScriptedCluster(() => script);
  const requests = [{ context: './app', destinations: ['registry.example/app:1'] }];
  const run = startRun(requests, createScriptedEnvironment(cluster), {
    onEvent: (event) => void events.push(event),
  });
  const { builds } = await run.result;
  return { build: builds[0], events };
}

test('a command that needs more memory than the pod may have: the limit is told', async () => {
  const log = `${logOfRun}error building image: error building stage: failed to execute command: waiting for process to exit: signal: killed\n`;
  const { build } = await play({
    log,
    result: { exitCode: 255, reason: 'Error', limits: { memory: '1Gi' } },
  });
  expect(build?.failure).toMatchObject({
    code: 'run-killed',
    hint: 'Most likely its memory was not enough. Raise `pod.limits.memory`: the limit was 1Gi, try 2Gi. Or let the command use less (fewer parallel jobs). The cluster does not say that it was memory: look for what kills processes in the command, too.',
    isRetryable: false,
  });
});

test('the whole container is killed while a command runs: the command is told', async () => {
  const { build } = await play({
    log: logOfRun,
    result: { cause: 'oom-killed', exitCode: 137, reason: 'OOMKilled', limits: { memory: '1500Mi' } },
  });
  expect(build?.failure).toMatchObject({
    code: 'executor-out-of-memory',
    hint: 'Raise `pod.limits.memory`: the limit was 1500Mi, try 3000Mi. Or let the command use less (fewer parallel jobs).',
    step: { instruction: 'RUN make' },
  });
});

test('the executor itself needs more memory: what makes it need less is told', async () => {
  const { build } = await play({
    log: line('Taking snapshot of full filesystem...'),
    result: { cause: 'oom-killed', exitCode: 137, reason: 'OOMKilled', limits: { memory: '1Gi' } },
  });
  expect(build?.failure?.hint).toMatch(/the limit was 1Gi, try 2Gi\. --compressed-caching=false/);
});

test("the cluster's own advice goes before the general one", async () => {
  const { build, events } = await play({
    before: [
      { type: 'pending', reason: 'Unschedulable', message: 'no room', hint: 'Ask for less.' },
      { type: 'notice', isWarning: true, reason: 'Odd', message: 'words', hint: 'Look.' },
    ],
    result: {
      cause: 'evicted',
      exitCode: 137,
      reason: 'Evicted',
      message: 'too much',
      hint: 'Write less.',
      isRetryable: false,
    },
  });
  expect(build?.failure).toMatchObject({
    message: 'Building in the cluster: the node evicted the pod: Evicted: too much.',
    hint: 'Write less.',
    isRetryable: false,
  });
  expect(events).toContainEqual(expect.objectContaining({ type: 'build-wait', hint: 'Ask for less.' }));
  expect(events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'Odd', hint: 'Look.' }));
});

test('the kernel killed the command and spared the executor: the command is blamed, with the limit', async () => {
  const log = `${logOfRun}error building image: error building stage: failed to execute command: waiting for process to exit: signal: killed\n`;
  const { build } = await play({
    log,
    result: { cause: 'oom-killed', exitCode: 255, reason: 'OOMKilled', limits: { memory: '300Mi' } },
  });
  expect(build?.failure).toMatchObject({
    code: 'run-killed',
    hint: 'Raise `pod.limits.memory`: the limit was 300Mi, try 600Mi. Or let the command use less (fewer parallel jobs).',
    step: { instruction: 'RUN make' },
  });
});

test('a command that ends with 137 was most likely killed for its memory, and it is said so', async () => {
  const log = `${logOfRun}error building image: error building stage: failed to execute command: waiting for process to exit: exit status 137\n`;
  const { build } = await play({
    log,
    result: { exitCode: 137, reason: 'Error', limits: { memory: '1Gi' } },
  });
  expect(build?.failure).toMatchObject({
    code: 'run-killed',
    hint: expect.stringMatching(
      /^Most likely its memory was not enough\. Raise `pod\.limits\.memory`: the limit was 1Gi/,
    ),
  });
});
