import {
  type BuildEvent,
  type BuildOutcome,
  type ClusterPod,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import type { Environment } from '../environment.ts';
import type { Emit } from '../delivery/pack-events.ts';
import type { UploadGroup } from '../delivery/upload-group.ts';
import { planPod, timeoutOf } from '../planner/plan-pod.ts';
import { closeContexts } from '../preflight/close-contexts.ts';
import type { PreparedBuild } from '../preflight/prepared-build.ts';
import type { CreatedThings } from './created.ts';
import type { Emitter } from './emitter.ts';
import { failureOfError } from './failures.ts';
import { type FollowOptions, followPod } from './follow-pod.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { createRedactor } from './redactor.ts';
import type { BuildResult } from './result.ts';
import { isSealed, settle } from './settle.ts';
import { startPod } from './start-pod.ts';
import type { Slots } from './slots.ts';

/** The client gives up this much later than the pod's own deadline: for pods that never start. */
const deadlineMarginMs = 60_000;

export interface BuildRun {
  readonly runId: string;
  readonly environment: Environment;
  readonly emitter: Emitter;
  readonly slots: Slots;
  readonly created: CreatedThings;
  /** Shared uploads by build id. */
  readonly uploads: ReadonlyMap<string, UploadGroup>;
  /** Aborted to cancel this build. */
  readonly signal: AbortSignal;
}

/** Runs one prepared build to its end. Never throws; everything it created is gone when it resolves, or reported. */
export async function runBuild(build: PreparedBuild, context: BuildRun): Promise<BuildResult> {
  const { environment, emitter, created, signal } = context;
  const startedAt = environment.now();
  const emit = (event: BuildEvent) => emitter.build(build.id, event);
  const logFile = await openLog(build, context, emit);
  let ending: Omit<BuildResult, 'id' | 'name' | 'durationMs' | 'logFile'>;
  try {
    ending = await attempt(build, context, emit, logFile);
  } catch (error) {
    const outcome: BuildOutcome = signal.aborted ? 'cancelled' : 'failed';
    const failure = signal.aborted ? undefined : failureOfError(error);
    ending = { outcome, digest: undefined, images: [], exitCode: undefined, failure };
  }
  void emit({ type: 'build-phase', phase: 'settling' });
  await created.removeAll();
  await context.uploads
    .get(build.id)
    ?.leave(build)
    .catch(() => undefined);
  await closeContexts([build]);
  await logFile?.close();
  return {
    id: build.id,
    name: build.name,
    ...ending,
    durationMs: environment.now() - startedAt,
    logFile: logFile?.path,
  };
}

async function openLog(
  build: PreparedBuild,
  { environment, runId }: BuildRun,
  emit: Emit,
): Promise<LogFile | undefined> {
  if (environment.logFolder === undefined) return undefined;
  return openLogFile({ folder: environment.logFolder, run: runId, build: build.id }, (error) => {
    void emit({
      type: 'notice',
      level: 'warning',
      code: 'log-file-failed',
      message: `Writing the build's log file: ${error.message}. The build goes on without one.`,
      hint: 'Free space there, or choose another folder for logs.',
    });
  });
}

async function attempt(
  build: PreparedBuild,
  context: BuildRun,
  emit: Emit,
  logFile: LogFile | undefined,
): Promise<Omit<BuildResult, 'id' | 'name' | 'durationMs' | 'logFile'>> {
  const { environment, runId, slots, created, uploads, signal } = context;
  if (slots.isFull()) {
    const message = `${environment.concurrency} builds run at once`;
    void emit({ type: 'build-wait', reason: 'concurrency', message, hint: undefined });
  }
  const release = await slots.take(signal);
  try {
    const run: RunContext = { signal, now: environment.now };
    void emit({ type: 'build-phase', phase: 'context' });
    const redactor = createRedactor();
    const launch = async (delivery: Parameters<typeof planPod>[1]): Promise<ClusterPod> => {
      const planned = planPod(build, delivery, { runId, insecureRegistries: environment.insecureRegistries });
      redactor.hide(Object.values(planned.secretEnv));
      const pod = await environment.cluster.launch(planned, run);
      created.add({ target: `pod ${pod.namespace}/${pod.name}`, remove: () => pod.remove() });
      void emit({ type: 'pod-create', namespace: pod.namespace, pod: pod.name, image: planned.image });
      return pod;
    };
    const { pod, dockerfile, supply } = await startPod(
      build,
      { environment, uploads, created, emit, launch, redactor },
      run,
    );
    const settled = await withDeadline(build, run, (bounded) =>
      supply === undefined
        ? followPod(build, pod, { emit, logFile, redactor }, bounded)
        : followWhileSupplying(build, pod, supply, { emit, logFile, redactor }, bounded),
    );
    return settle(settled.pod, settled.log, {
      destinations: build.request.push === false ? [] : build.request.destinations,
      isContextSealed: isSealed(dockerfile()),
    });
  } finally {
    release();
  }
}

/** Follows a pod that is still being given its context. A context that can't be had fails the build; a pod that ended has the last word. */
async function followWhileSupplying(
  build: PreparedBuild,
  pod: ClusterPod,
  supply: (run: RunContext) => Promise<void>,
  options: FollowOptions,
  run: RunContext,
): ReturnType<typeof followPod> {
  const broken = new AbortController();
  const signal = AbortSignal.any([run.signal, broken.signal]);
  const supplying = supply({ ...run, signal }).catch((error: unknown) => {
    if (isOfContext(error)) broken.abort(error);
    else setTimeout(() => broken.abort(error), streamGraceMs).unref();
  });
  try {
    return await followPod(build, pod, options, { ...run, signal });
  } finally {
    broken.abort();
    await supplying;
  }
}

/** Packing and uploading fail on their own; a broken stream may be the pod's end, which the pod itself tells better. */
function isOfContext(error: unknown): boolean {
  if (!(error instanceof KanikitError) || error.code === 'context-stream-broken') return false;
  return /^(?:context|bucket)-/.test(error.code);
}

/** When the stream breaks because the pod died, the pod's own end arrives within this time and tells more. */
const streamGraceMs = 5_000;

async function withDeadline<T>(
  build: PreparedBuild,
  run: RunContext,
  work: (bounded: RunContext) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timeoutMs = timeoutOf(build);
  const timer = setTimeout(
    () =>
      late.abort(
        new KanikitError({
          code: 'deadline-exceeded',
          message: `Building ${build.name}: not done after ${timeoutMs / 1000} s, the longest the build may take.`,
          hint: 'Raise --timeout, or look at what the pod waits for.',
        }),
      ),
    timeoutMs + deadlineMarginMs,
  );
  try {
    return await work({ ...run, signal: AbortSignal.any([run.signal, late.signal]) });
  } finally {
    clearTimeout(timer);
  }
}
