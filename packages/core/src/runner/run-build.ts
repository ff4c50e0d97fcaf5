import {
  type BuildEvent,
  type BuildOutcome,
  type ClusterPod,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import type { Environment } from '../environment.ts';
import { planPod, timeoutOf } from '../planner/plan-pod.ts';
import type { PreparedBuild } from '../preflight/prepared-build.ts';
import type { CreatedThings } from './created.ts';
import { deliver, packWithProgress } from './deliver.ts';
import type { Emitter } from './emitter.ts';
import { failureOfError } from './failures.ts';
import { followPod } from './follow-pod.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import type { BuildResult } from './result.ts';
import { settle } from './settle.ts';
import type { Slots } from './slots.ts';

/** The client gives up this much later than the pod's own deadline: for pods that never start. */
const deadlineMarginMs = 60_000;

export interface BuildRun {
  readonly runId: string;
  readonly environment: Environment;
  readonly emitter: Emitter;
  readonly slots: Slots;
  readonly created: CreatedThings;
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
  emit: (event: BuildEvent) => void | Promise<void>,
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
  emit: (event: BuildEvent) => void | Promise<void>,
  logFile: LogFile | undefined,
): Promise<Omit<BuildResult, 'id' | 'name' | 'durationMs' | 'logFile'>> {
  const { environment, runId, slots, created, signal } = context;
  if (slots.isFull()) {
    const message = `${environment.concurrency} builds run at once`;
    void emit({ type: 'build-wait', reason: 'concurrency', message, hint: undefined });
  }
  const release = await slots.take(signal);
  try {
    const run: RunContext = { signal, now: environment.now };
    void emit({ type: 'build-phase', phase: 'context' });
    const delivery = await deliver(build, { runId, environment, emit, created }, run);
    void emit({ type: 'build-phase', phase: 'pod' });
    const launch = planPod(build, delivery, { runId, insecureRegistries: environment.insecureRegistries });
    const pod = await environment.cluster.launch(launch, run);
    created.add({ target: `pod ${pod.namespace}/${pod.name}`, remove: () => pod.remove() });
    void emit({ type: 'pod-create', namespace: pod.namespace, pod: pod.name, image: launch.image });
    const isStreamed = delivery === 'stdin';
    const settled = await withDeadline(build, run, (bounded) =>
      isStreamed
        ? followWhileSending(build, pod, emit, logFile, bounded)
        : followPod(build, pod, { emit, logFile }, bounded),
    );
    return settle(settled.pod, settled.log, build.request.push === false ? [] : build.request.destinations);
  } finally {
    release();
  }
}

/** Streams the context while the pod is followed. A context that can't be packed fails the build; a pod that ended has the last word. */
async function followWhileSending(
  build: PreparedBuild,
  pod: ClusterPod,
  emit: (event: BuildEvent) => void | Promise<void>,
  logFile: LogFile | undefined,
  run: RunContext,
): ReturnType<typeof followPod> {
  const broken = new AbortController();
  const signal = AbortSignal.any([run.signal, broken.signal]);
  const sending = pod
    .sendStdin(packWithProgress(build, emit, run), { ...run, signal })
    .catch((error: unknown) => {
      const isPacking =
        error instanceof KanikitError &&
        error.code.startsWith('context-') &&
        error.code !== 'context-stream-broken';
      if (isPacking) broken.abort(error);
      else setTimeout(() => broken.abort(error), streamGraceMs).unref();
    });
  try {
    return await followPod(build, pod, { emit, logFile }, { ...run, signal });
  } finally {
    broken.abort();
    await sending;
  }
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
