import type { BuildEvent, KanikitEvent, OutlineStage, RunEvent } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import type { BuildState } from './build-state.ts';
import { logTail } from './log-ring.ts';
import { reduceRun } from './reduce-run.ts';
import { bytesPerSecond } from './speed.ts';
import { countBuilds, initialRunState, type RunState } from './run-state.ts';

const start: RunEvent = {
  type: 'run-start',
  run: 'r1',
  cluster: { kind: 'sandbox', name: 'sandbox', namespace: 'default' },
  isSimulated: false,
  builds: ['api', 'web'].map((name) => ({
    id: `${name}-1`,
    name,
    context: `./${name}`,
    destinations: [`registry.example.com/${name}:1`],
    platform: undefined,
  })),
};

function outlineOf(
  ...stages: readonly { readonly steps: number; readonly isNeeded?: boolean }[]
): OutlineStage[] {
  return stages.map(({ steps, isNeeded = true }, index) => ({
    index,
    name: index === 0 ? 'builder' : undefined,
    base: 'alpine',
    baseStage: undefined,
    isNeeded,
    steps: Array.from({ length: steps }, (_, step) => ({
      index: step,
      keyword: 'RUN',
      instruction: `RUN ${step}`,
      line: step + 2,
    })),
  }));
}

/** Events of build `api-1`, one second apart, after the start of the run. */
function fold(...events: readonly (BuildEvent | RunEvent)[]): RunState {
  let seq = 0;
  const all = [start, ...events].map((event) => {
    seq += 1;
    const isOfRun = event.type.startsWith('run-');
    const time = new Date(1_700_000_000_000 + seq * 1_000).toISOString();
    return { v: 1, seq, time, build: isOfRun ? undefined : 'api-1', ...event } as KanikitEvent;
  });
  return all.reduce(reduceRun, initialRunState);
}

function api(...events: readonly BuildEvent[]): BuildState {
  const build = fold(...events).builds[0];
  if (build === undefined) throw new Error('no build');
  return build;
}

describe('reduceRun', () => {
  test('announces builds in order, queued', () => {
    const state = fold();
    expect(state).toMatchObject({ run: 'r1', isSimulated: false, lastSeq: 1 });
    expect(state.builds.map(({ name, phase }) => [name, phase])).toEqual([
      ['api', 'queued'],
      ['web', 'queued'],
    ]);
    expect(countBuilds(state)).toEqual({
      queued: 2,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      detached: 0,
    });
  });

  test('shares what did not change and leaves the old state alone', () => {
    const before = fold();
    const event = { v: 1, seq: 2, time: '2026-01-01T00:00:00.000Z', build: 'api-1' } as const;
    const after = reduceRun(before, { ...event, type: 'build-phase', phase: 'context' });
    expect(after.builds[1]).toBe(before.builds[1]);
    expect(before.builds[0]?.phase).toBe('queued');
    expect(after.builds[0]?.phase).toBe('context');
  });

  test('ignores unknown builds and unknown types', () => {
    const before = fold();
    const time = '2026-01-01T00:00:00.000Z';
    const stranger = { v: 1, seq: 2, time, build: 'nobody', type: 'build-phase', phase: 'pod' } as const;
    expect(reduceRun(before, stranger).builds).toBe(before.builds);
    const newer = { v: 1, seq: 3, time, build: 'api-1', type: 'from-the-future' } as unknown as KanikitEvent;
    expect(reduceRun(before, newer).builds).toBe(before.builds);
  });

  test('waiting has a reason and keeps its clock while the reason stays', () => {
    const wait = (message: string) =>
      ({ type: 'build-wait', reason: 'Unschedulable', message, hint: undefined }) as const;
    const build = api({ type: 'build-phase', phase: 'pod' }, wait('0/3 nodes'), wait('0/4 nodes'));
    expect(build.waiting).toMatchObject({ reason: 'Unschedulable', message: '0/4 nodes' });
    expect(build.waiting?.sinceMs).toBe(build.phaseSinceMs + 1_000);
    const over = { type: 'build-wait', reason: undefined, message: undefined, hint: undefined } as const;
    expect(api(wait('x'), over).waiting).toBeUndefined();
    expect(api(wait('x'), { type: 'pod-start', node: 'n1' }).waiting).toBeUndefined();
  });

  test('stage i of n skips stages the target does not need', () => {
    const build = api(
      { type: 'outline', stages: outlineOf({ steps: 3 }, { steps: 5, isNeeded: false }, { steps: 2 }) },
      { type: 'stage-start', stage: 2, name: undefined, base: 'alpine' },
      { type: 'step-start', stage: 2, step: 1, instruction: 'RUN 1' },
    );
    expect(build.position).toMatchObject({
      stageNumber: 2,
      stageTotal: 2,
      stepNumber: 2,
      stepTotal: 2,
      overallNumber: 5,
      overallTotal: 5,
    });
  });

  test('counts on without an outline', () => {
    const build = api(
      { type: 'stage-start', stage: 0, name: 'builder', base: 'alpine' },
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN a' },
      { type: 'stage-start', stage: 1, name: undefined, base: 'scratch' },
      { type: 'step-start', stage: 1, step: 0, instruction: 'COPY a b' },
    );
    expect(build.position).toMatchObject({ stageNumber: 2, stepNumber: 1, base: 'scratch' });
    expect(build.position).toMatchObject({
      stageTotal: undefined,
      stepTotal: undefined,
      overallTotal: undefined,
    });
    expect(build.position.overallNumber).toBeGreaterThanOrEqual(1);
  });

  test('the activity is the phase that began last and still goes on; times add up', () => {
    const push = { type: 'phase-start', phase: 'push', detail: 'registry.example.com/api' } as const;
    const during = api({ type: 'phase-start', phase: 'snapshot', detail: undefined }, push);
    expect(during.activity).toMatchObject({ phase: 'push', detail: 'registry.example.com/api' });
    const after = api(
      { type: 'phase-start', phase: 'snapshot', detail: undefined },
      push,
      { type: 'phase-end', phase: 'push' },
      { type: 'phase-end', phase: 'snapshot' },
    );
    expect(after.activity).toBeUndefined();
    expect(after.activityMs).toEqual({ push: 1_000, snapshot: 3_000 });
  });

  test('a phase that begins twice without an end is one activity', () => {
    const run = { type: 'phase-start', phase: 'run', detail: 'make' } as const;
    const build = api(run, run, run);
    expect(build.activities).toHaveLength(1);
    expect(build.activityMs.run).toBe(2_000);
  });

  test('steps carry cache, outcome, duration and output', () => {
    const build = api(
      { type: 'step-cache', stage: 0, step: 0, instruction: 'RUN a', result: 'hit' },
      { type: 'step-cache', stage: 0, step: 1, instruction: 'RUN b', result: 'miss' },
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN a' },
      { type: 'step-end', stage: 0, step: 0, outcome: 'cached' },
      { type: 'step-start', stage: 0, step: 1, instruction: 'RUN b' },
      { type: 'output', text: 'one', stage: 0, step: 1 },
      { type: 'output', text: 'two', stage: 0, step: 1 },
      { type: 'step-end', stage: 0, step: 1, outcome: 'failed' },
    );
    expect(build.steps).toMatchObject([
      { instruction: 'RUN a', cache: 'hit', outcome: 'cached', durationMs: 1_000, outputLines: 0 },
      { instruction: 'RUN b', cache: 'miss', outcome: 'failed', durationMs: 3_000, outputLines: 2 },
    ]);
    expect(build.outputLines).toBe(2);
    expect(logTail(build.log, 9).map(({ text, source }) => [text, source])).toEqual([
      ['one', 'output'],
      ['two', 'output'],
    ]);
  });

  test('a cache answer without an index belongs to the step with the same words', () => {
    const build = api(
      { type: 'step-start', stage: 0, step: 4, instruction: 'RUN b' },
      { type: 'step-cache', stage: 0, step: undefined, instruction: 'RUN b', result: 'hit' },
      { type: 'step-cache', stage: 0, step: undefined, instruction: 'RUN c', result: 'miss' },
      { type: 'step-start', stage: 0, step: 5, instruction: 'RUN c' },
    );
    expect(build.steps).toMatchObject([
      { step: 4, cache: 'hit' },
      { step: 5, cache: 'miss' },
    ]);
    expect(build.cacheAnswers).toEqual([]);
  });

  test('triggers of an image have the place of the first step, and are steps of their own', () => {
    const at = { stage: 0, step: 0 };
    const build = api(
      { type: 'step-cache', ...at, instruction: 'RUN a', result: 'hit' },
      { type: 'step-cache', ...at, instruction: 'RUN b', result: 'miss' },
      { type: 'step-start', ...at, instruction: 'RUN a' },
      { type: 'step-end', ...at, outcome: 'cached' },
      { type: 'step-start', ...at, instruction: 'RUN b' },
      { type: 'output', ...at, text: 'b' },
      { type: 'step-end', ...at, outcome: 'failed' },
    );
    expect(build.steps).toMatchObject([
      { instruction: 'RUN a', cache: 'hit', outcome: 'cached', outputLines: 0 },
      { instruction: 'RUN b', cache: 'miss', outcome: 'failed', outputLines: 1 },
    ]);
  });

  test('of triggers and steps that read alike each is a step of its own', () => {
    const at = { stage: 0, step: 0, instruction: 'RUN a' };
    const build = api(
      { type: 'step-cache', ...at, result: 'hit' },
      { type: 'step-cache', ...at, result: 'miss' },
      { type: 'step-start', ...at },
      { type: 'step-end', stage: 0, step: 0, outcome: 'cached' },
      { type: 'step-start', ...at },
      { type: 'output', stage: 0, step: 0, text: 'a' },
    );
    expect(build.steps).toMatchObject([
      { cache: 'hit', outcome: 'cached', outputLines: 0 },
      { cache: 'miss', outcome: 'running', outputLines: 1 },
    ]);
  });

  test('a step whose end was none goes on', () => {
    const at = { stage: 0, step: 0, instruction: 'RUN a' };
    const build = api(
      { type: 'step-start', ...at },
      { type: 'step-end', stage: 0, step: 0, outcome: 'done' },
      { type: 'step-start', ...at, isResumed: true },
    );
    expect(build.steps).toMatchObject([{ outcome: 'running' }]);
  });

  test('context, upload and pod', () => {
    const upload = { type: 'context-upload', location: 's3://b/k', totalBytes: 10, isReused: false } as const;
    const build = api(
      { type: 'context-pack', files: 1, bytes: 10, archiveBytes: 5, isDone: false },
      { type: 'context-pack', files: 3, bytes: 30, archiveBytes: 9, isDone: true },
      { ...upload, bytes: 5, isDone: false, digest: undefined },
      { ...upload, bytes: 10, isDone: true, digest: 'sha256:1' },
      { type: 'pod-create', namespace: 'ns', pod: 'p', image: 'kaniko' },
      { type: 'pod-schedule', node: 'n1' },
      { type: 'pod-pull', image: 'kaniko' },
      { type: 'pod-start', node: undefined },
      { type: 'pod-end', cause: 'oom-killed', exitCode: 137, reason: 'OOMKilled' },
    );
    expect(build.packing).toMatchObject({ files: 3, archiveBytes: 9, isDone: true });
    expect((build.packing?.atMs ?? 0) - (build.packing?.startedAtMs ?? 0)).toBe(1_000);
    expect(build.upload).toMatchObject({ bytes: 10, isDone: true, digest: 'sha256:1' });
    expect(build.pod).toMatchObject({
      name: 'p',
      node: 'n1',
      status: 'ended',
      cause: 'oom-killed',
      exitCode: 137,
    });
  });

  test('totals that were told once stay known, and speeds are measured', () => {
    const pack = { type: 'context-pack', files: 1, archiveBytes: 5, isDone: false } as const;
    const upload = {
      type: 'context-upload',
      location: 's3://b/k',
      isReused: false,
      digest: undefined,
    } as const;
    const build = api(
      { ...pack, bytes: 10, totalFiles: 9, totalBytes: 4_000 },
      { ...pack, bytes: 2_010 },
      { ...upload, bytes: 0, reusedBytes: 500, totalBytes: 900, isDone: false },
      { ...upload, bytes: 100, reusedBytes: 600, totalBytes: undefined, isDone: false },
    );
    expect(build.packing).toMatchObject({ totalFiles: 9, totalBytes: 4_000 });
    expect(bytesPerSecond(build.packing!.speed)).toBe(2_000);
    expect(build.upload).toMatchObject({ bytes: 100, reusedBytes: 600, totalBytes: 900 });
    expect(bytesPerSecond(build.upload!.speed)).toBe(100);
  });

  test('layers and pushes', () => {
    const build = api(
      { type: 'layer-start', layer: 'l1', direction: 'push', reference: 'r', sizeBytes: 100 },
      { type: 'layer-progress', layer: 'l1', bytes: 40, sizeBytes: undefined },
      { type: 'layer-end', layer: 'l1', outcome: 'done', sizeBytes: undefined },
      { type: 'push-start', reference: 'r' },
      { type: 'push-end', reference: 'r', digest: 'sha256:2', isImmutableIgnored: false },
    );
    expect(build.layers).toMatchObject([{ layer: 'l1', bytes: 100, sizeBytes: 100, outcome: 'done' }]);
    expect(build.pushes).toEqual([{ reference: 'r', digest: 'sha256:2', isImmutableIgnored: false }]);
    expect(build.digest).toBe('sha256:2');
  });

  test('notices are counted, cleanup problems stay', () => {
    const notice = { type: 'notice', level: 'warning', code: 'c', message: 'm', hint: undefined } as const;
    const removal = (target: string, outcome: 'started' | 'done' | 'failed') =>
      ({ type: 'cleanup', target, outcome, message: outcome === 'failed' ? 'why' : undefined }) as const;
    const build = api(
      ...Array.from({ length: 150 }, () => notice),
      removal('pod a', 'started'),
      removal('pod a', 'failed'),
      removal('context b', 'started'),
    );
    expect(build.warningCount).toBe(150);
    expect(build.notices).toHaveLength(100);
    const hinted = api({ ...notice, level: 'info', message: 'a node\nis added', hint: 'wait' }, notice);
    expect(logTail(hinted.log, 9).map(({ text, source }) => [text, source])).toEqual([
      ['a node', 'notice'],
      ['is added', 'notice'],
      ['hint: wait', 'notice'],
      ['warning: m', 'notice'],
    ]);
    expect(build.cleanup).toEqual({
      pending: ['context b'],
      problems: [{ target: 'pod a', message: 'why' }],
    });
  });

  test('a failed build blames its running step and closes its phases', () => {
    const failure = {
      code: 'run-failed' as const,
      message: 'm',
      hint: undefined,
      step: undefined,
      lines: [],
      isRetryable: false,
    };
    const state = fold(
      { type: 'build-phase', phase: 'executor' },
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN a' },
      { type: 'phase-start', phase: 'run', detail: 'a' },
      {
        type: 'build-end',
        outcome: 'failed',
        digest: undefined,
        images: [],
        exitCode: 1,
        failure,
        durationMs: 5,
        logFile: undefined,
      },
      { type: 'run-end', outcome: 'failed', succeeded: 0, failed: 1, cancelled: 0, durationMs: 9 },
    );
    expect(state.builds[0]).toMatchObject({
      outcome: 'failed',
      phase: 'ended',
      exitCode: 1,
      failure,
      activity: undefined,
      steps: [{ outcome: 'failed' }],
      phaseMs: { executor: 3_000 },
    });
    expect(state).toMatchObject({ outcome: 'failed', durationMs: 9 });
    expect(countBuilds(state)).toMatchObject({ queued: 1, failed: 1 });
  });

  test('cancelling is seen at once', () => {
    expect(fold({ type: 'run-cancel', reason: 'Ctrl-C' }).cancel).toMatchObject({ reason: 'Ctrl-C' });
  });
});

describe('a build that is tried again', () => {
  const retry: BuildEvent = {
    type: 'build-retry',
    attempt: 2,
    attempts: 3,
    code: 'node-lost',
    message: 'The node went away.',
    delayMs: 2_000,
    logFile: '/logs/a.log',
  };
  const before: readonly BuildEvent[] = [
    { type: 'outline', stages: outlineOf({ steps: 2 }) },
    { type: 'context-pack', files: 1, bytes: 5, archiveBytes: 9, isDone: true },
    { type: 'pod-create', namespace: 'ci', pod: 'a', image: 'kaniko' },
    { type: 'stage-start', stage: 0, name: 'builder', base: 'alpine' },
    { type: 'step-start', stage: 0, step: 0, instruction: 'RUN 0' },
    { type: 'phase-start', phase: 'run', detail: '0' },
    { type: 'output', text: 'so far' },
  ];

  test('begins from nothing, waits, and keeps what was said', () => {
    const build = api(...before, retry);
    expect(build).toMatchObject({
      steps: [],
      activities: [],
      pod: undefined,
      packing: undefined,
      retryCount: 1,
    });
    expect(build.position.step).toBeUndefined();
    expect(build.waiting).toMatchObject({
      reason: 'retry',
      message: 'tries again after node-lost: attempt 2 of 3',
    });
    expect(build.retries).toMatchObject([{ attempt: 2, code: 'node-lost', logFile: '/logs/a.log' }]);
    expect(build.outline).toHaveLength(1);
    expect(logTail(build.log, 5).map(({ text }) => text)).toEqual([
      'so far',
      'attempt 1 of 3 failed (node-lost): The node went away.',
    ]);
  });

  test('goes on as any other; an upload that is done stays', () => {
    const upload: BuildEvent = {
      type: 'context-upload',
      location: 's3://b/k',
      bytes: 9,
      totalBytes: 9,
      isDone: true,
      isReused: false,
      digest: undefined,
    };
    const again: readonly BuildEvent[] = [
      { type: 'build-phase', phase: 'context' },
      { type: 'pod-create', namespace: 'ci', pod: 'a-2', image: 'kaniko' },
      { type: 'step-start', stage: 0, step: 0, instruction: 'RUN 0' },
    ];
    const build = api(...before, upload, retry, ...again);
    expect(build).toMatchObject({ waiting: undefined, upload: { bytes: 9 }, pod: { name: 'a-2' } });
    expect(build.packing?.isDone).toBe(true);
    expect(build.steps).toHaveLength(1);
  });
});
