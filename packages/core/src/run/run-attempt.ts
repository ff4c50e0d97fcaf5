import {
  type CallWait,
  type ClusterPod,
  KanikitError,
  type PodResult,
  type RunContext,
  untilAborted,
} from '@kanikit/spec';
import type { DeliveryMemory } from '../delivery/delivery-memory.ts';
import type { Emit } from '../delivery/pack-events.ts';
import { redactDeep, type Redactor } from '@kanikit/toolkit/secrets';
import { ignoredPaths } from '../planner/ignored-paths.ts';
import { type AheadDelivery, type PlannedDelivery, planPod, timeoutOf } from '../planner/plan-pod.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { type FollowOptions, followPod } from './follow-pod.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { secretFileTexts } from '../secrets/secret-file-texts.ts';
import type { KeptPod } from '../model/result.ts';
import { type BuildRun, type Ending, endingOf, namespaceOf } from './build-run.ts';
import { isSealed, type PodStory, settle } from './settle.ts';
import { type StartedPod, startPod } from './start-pod.ts';
import { waitEvent } from './wait-event.ts';

/** The client gives up this much later than the pod's own deadline: for pods that never start. */
const deadlineMarginMs = 60_000;

export interface AttemptContext extends BuildRun {
  /** From 1. */
  readonly attempt: number;
  /** Time that the build may still spend in pods. */
  readonly remainingMs: number;
  readonly memory: DeliveryMemory;
  readonly redactor: Redactor;
  readonly emit: Emit;
}

export interface AttemptResult {
  readonly ending: Ending;
  /** How long its pod was there. */
  readonly podMs: number;
  readonly logFile: string | undefined;
}

/** Delivers the context, runs one pod to its end, and says how that went. Never throws; what it created is in `created`. */
export async function runAttempt(build: PreparedBuild, context: AttemptContext): Promise<AttemptResult> {
  const { environment, signal } = context;
  const logFile = await openLog(build, context);
  const life = { podSinceMs: undefined as number | undefined };
  let ending: Ending;
  try {
    ending = await runPod(build, context, logFile, life);
  } catch (error) {
    ending = endingOf(error, signal);
  }
  environment.admission.quota.ended(namespaceOf(build, environment));
  await logFile?.close();
  const podMs = life.podSinceMs === undefined ? 0 : environment.steadyNow() - life.podSinceMs;
  return { ending: redactDeep(ending, context.redactor), podMs, logFile: logFile?.path };
}

async function openLog(
  build: PreparedBuild,
  { environment, runId, attempt, emit }: AttemptContext,
): Promise<LogFile | undefined> {
  if (environment.logFolder === undefined) return undefined;
  const path = { folder: environment.logFolder, run: runId, build: build.id, attempt };
  return openLogFile(path, (error) => {
    void emit({
      type: 'notice',
      level: 'warning',
      code: 'log-file-failed',
      message: `Writing the build's log file: ${error.message}. The build goes on without one.`,
      hint: 'Free space there, or choose another folder for logs.',
    });
  });
}

async function runPod(
  build: PreparedBuild,
  context: AttemptContext,
  logFile: LogFile | undefined,
  life: { podSinceMs: number | undefined },
): Promise<Ending> {
  const { environment, created, uploads, memory, redactor, emit, remainingMs, signal } = context;
  const run: RunContext = { signal, now: environment.now };
  void emit({ type: 'build-phase', phase: 'context' });
  const launch = async (delivery: () => Promise<PlannedDelivery | AheadDelivery>): Promise<ClusterPod> => {
    const pod = await launchWithin(build, context, delivery, run);
    life.podSinceMs = environment.steadyNow();
    return pod;
  };
  const started = await startPod(
    build,
    { environment, uploads, created, memory, emit, launch, redactor },
    run,
  );
  const { pod, dockerfile, supply } = started;
  const options = { emit, logFile, redactor };
  const settled = await withDeadline(build, remainingMs, run, async (bounded) => {
    if (context.isDetached) return await supplyOnly(build, started, options, bounded);
    if (supply === undefined) return await followPod(build, pod, options, bounded);
    return await followWhileSupplying(build, pod, supply, options, bounded);
  });
  if (settled === undefined) {
    pod.leave?.();
    return { ...detachedEnding, detached: { namespace: pod.namespace, pod: pod.name } };
  }
  const settlement = settle(settled, {
    destinations: build.request.push === false ? [] : build.request.destinations,
    isContextSealed: isSealed(dockerfile()),
  });
  for (const notice of settlement.notices) void emit({ type: 'notice', level: 'warning', ...notice });
  const { notices: _told, ...ending } = settlement;
  return { ...ending, kept: keptPod(build, pod, settled.pod, ending.outcome, environment.now()) };
}

/** Launches a pod as soon as the quota of its namespace lets it. */
async function launchWithin(
  build: PreparedBuild,
  context: AttemptContext,
  delivery: () => Promise<PlannedDelivery | AheadDelivery>,
  run: RunContext,
): Promise<ClusterPod> {
  const { environment, runId, created, redactor, emit, attempt, isDetached } = context;
  const { remainingMs: deadlineMs } = context;
  const { insecureRegistries, cluster, admission } = environment;
  let image = '';
  const launchNow = async (): Promise<ClusterPod> => {
    const paths = ignoredPaths(cluster.description);
    const plan = { runId, insecureRegistries, ignoredPaths: paths, attempt, deadlineMs, isDetached };
    const planned = planPod(build, await delivery(), plan);
    redactor.hide([...Object.values(planned.secretEnv), ...planned.secretFiles.flatMap(secretFileTexts)]);
    ({ image } = planned);
    return cluster.launch(planned, { ...run, onWait });
  };
  const onWait = (wait: CallWait | undefined): void => void emit(waitEvent(wait));
  const namespace = namespaceOf(build, environment);
  const pod = await admission.quota.launch(
    launchNow,
    { namespace, onWait, timeoutMs: timeoutOf(build) },
    run,
  );
  created.add({
    target: `pod ${pod.namespace}/${pod.name}`,
    isOfAttempt: true,
    remove: async () => {
      await pod.remove();
      admission.quota.ended(pod.namespace);
    },
    keep: pod.keep && (() => pod.keep!()),
  });
  void emit({ type: 'pod-create', namespace: pod.namespace, pod: pod.name, image });
  return pod;
}

const detachedEnding = {
  outcome: 'detached',
  digest: undefined,
  images: [],
  exitCode: undefined,
  failure: undefined,
} as const;

/** Gives a pod what it still needs: undefined where it has all, its story where it ended before. */
async function supplyOnly(
  build: PreparedBuild,
  { pod, supply, isStream }: StartedPod,
  options: FollowOptions,
  run: RunContext,
): Promise<PodStory | undefined> {
  if (supply === undefined) return undefined;
  const supplied = new AbortController();
  const taken = Promise.withResolvers<void>();
  const emit: Emit = (event) => {
    // The Dockerfile is the last entry of an archive: whoever begins to build has read all of it.
    if (event.type === 'phase-start' && event.phase !== 'context') taken.resolve();
    return options.emit(event);
  };
  const give = async (supplyRun: RunContext): Promise<void> => {
    await supply(supplyRun);
    if (isStream) await untilAborted(taken.promise, supplyRun.signal);
    supplied.abort(new Error('the pod has all it needs'));
  };
  const signal = AbortSignal.any([run.signal, supplied.signal]);
  try {
    return await followWhileSupplying(build, pod, give, { ...options, emit }, { ...run, signal });
  } catch (error) {
    if (!supplied.signal.aborted || run.signal.aborted) throw error;
    return undefined;
  }
}

/** Ends that leave a pod to look at. */
const lookable: ReadonlySet<PodResult['cause']> = new Set([
  'completed',
  'oom-killed',
  'evicted',
  'deadline-exceeded',
]);

/** The pod of a failed build, where it is to be kept and still there. */
function keptPod(
  build: PreparedBuild,
  pod: ClusterPod,
  result: PodResult | undefined,
  outcome: Ending['outcome'],
  now: number,
): KeptPod | undefined {
  const keepMs = build.request.pod?.keepFailedMs ?? 0;
  if (outcome !== 'failed' || keepMs <= 0 || pod.keep === undefined) return undefined;
  if (result === undefined || !lookable.has(result.cause)) return undefined;
  return { namespace: pod.namespace, pod: pod.name, untilMs: (result.finishedAt ?? now) + keepMs };
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
  let hasPodEnded = false;
  const supplying = supply({ ...run, signal }).catch((error: unknown) => {
    if (isOfContext(error)) broken.abort(error);
    // The log of a pod that has ended may go on arriving for longer.
    else
      setTimeout(() => {
        if (!hasPodEnded) broken.abort(error);
      }, streamGraceMs).unref();
  });
  const emit: FollowOptions['emit'] = (event) => {
    if (event.type === 'pod-end') hasPodEnded = true;
    return options.emit(event);
  };
  try {
    return await followPod(build, pod, { ...options, emit }, { ...run, signal });
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
  remainingMs: number,
  run: RunContext,
  work: (bounded: RunContext) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(
    () =>
      late.abort(
        new KanikitError({
          code: 'deadline-exceeded',
          message: `Building ${build.name}: not done after ${timeoutOf(build) / 1000} s, the longest the build may take.`,
          hint: 'Raise `timeoutMs`, or look at what the pod waits for.',
        }),
      ),
    remainingMs + deadlineMarginMs,
  );
  try {
    return await work({ ...run, signal: AbortSignal.any([run.signal, late.signal]) });
  } finally {
    clearTimeout(timer);
  }
}
