import { type BuildRequest, KanikitError } from '@kanikit/spec';
import { groupUploads } from '../delivery/group-uploads.ts';
import type { UploadGroup } from '../delivery/upload-group.ts';
import type { Environment } from '../model/environment.ts';
import { type IdentifiedBuild, identifyBuilds } from '../planner/identify-builds.ts';
import { shownContext } from '../planner/shown-context.ts';
import { checkEnvironment } from '../preflight/check-environment.ts';
import { closeContexts } from '../model/close-contexts.ts';
import { prepareBuild } from '../preflight/prepare-build.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { type CreatedThings, trackCreated } from '../model/created.ts';
import { createEmitter, type Emitter, type EventSink } from '../model/emitter.ts';
import { endRefused } from './end-refused.ts';
import { worstOf } from './worst-of.ts';
import type { BuildResult, RunProblem, RunResult } from '../model/result.ts';
import { runBuild } from './run-build.ts';
import { isTimeout, stopWords, trackDoings } from './stop-reason.ts';

export interface RunOptions {
  /** Aborting cancels all builds; what they created is removed before `result` resolves. */
  readonly signal?: AbortSignal | undefined;
  /** The first build that fails, after its retries, cancels the others. @default false: they go on */
  readonly failFast?: boolean | undefined;
  /** Lets go of each build as soon as it has its context: it goes on by itself, and nothing of it is removed. @default false */
  readonly isDetached?: boolean | undefined;
  readonly onEvent: EventSink;
}

/** Builds started together. */
export interface Run {
  readonly id: string;
  /** Never rejects for a build that fails: see `outcome` and `problems`. */
  readonly result: Promise<RunResult>;
  /** Stops the run, or one build of it. */
  cancel(options?: { readonly build?: string | undefined; readonly reason?: string | undefined }): void;
  /** What exists now and would be left behind if this process ended at once. */
  created(): readonly string[];
}

/**
 * Starts builds side by side. Events begin in a later turn of the event loop.
 *
 * @throws KanikitError `run-empty` without a request, `build-name-duplicate`
 */
export function startRun(
  requests: readonly BuildRequest[],
  environment: Environment,
  options: RunOptions,
): Run {
  if (requests.length === 0) {
    throw new KanikitError({
      code: 'run-empty',
      message: 'Starting a run: nothing to build.',
      hint: 'Name a context.',
    });
  }
  const id = `${environment.now().toString(36)}-${environment.randomHex(4)}`;
  const doings = trackDoings(createEmitter(options.onEvent, environment.steadyNow));
  const { emitter } = doings;
  const stop = new AbortController();
  const entries = identifyBuilds(requests, environment).map((build): Entry => ({
    build,
    stop: new AbortController(),
    created: trackCreated(emitter, build.id),
    cancelReason: undefined,
  }));
  const cancel: Run['cancel'] = ({ build, reason = 'cancelled by the user' } = {}) => {
    const cause = new KanikitError({ code: 'cancelled', message: `Stopping: ${reason}.` });
    const chosen = entries.filter((entry) => build === undefined || entry.build.id === build);
    for (const entry of chosen) entry.cancelReason ??= reason;
    if (build !== undefined) {
      for (const entry of chosen) entry.stop.abort(cause);
      return;
    }
    if (stop.signal.aborted) return;
    emitter.run({ type: 'run-cancel', reason });
    stop.abort(cause);
  };
  const onAbort = () => {
    const cause: unknown = options.signal?.reason;
    const reason = stopWords(cause);
    for (const entry of isTimeout(cause) ? entries : []) {
      const doing = doings.wordsOf(entry.build.id);
      if (doing !== undefined) entry.cancelReason ??= `${reason} while ${doing}`;
    }
    cancel({ reason });
  };
  const progress = { isFailedFast: false };
  const onFailed = ({ name }: BuildResult) => {
    if (options.failFast !== true || stop.signal.aborted) return;
    progress.isFailedFast = true;
    cancel({ reason: `build ${name} failed` });
  };
  const { isDetached = false } = options;
  const context: RunInProgress = {
    id,
    entries,
    environment,
    emitter,
    isDetached,
    signal: stop.signal,
    onFailed,
  };
  const result = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const ended = await perform(context);
      return progress.isFailedFast ? { ...ended, isFailedFast: true } : ended;
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
    }
  });
  return { id, result, cancel, created: () => entries.flatMap((entry) => entry.created.targets()) };
}

interface Entry {
  readonly build: IdentifiedBuild;
  readonly stop: AbortController;
  readonly created: CreatedThings;
  cancelReason: string | undefined;
}

interface RunInProgress {
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly environment: Environment;
  readonly emitter: Emitter;
  readonly isDetached: boolean;
  readonly signal: AbortSignal;
  readonly onFailed: (result: BuildResult) => void;
}

async function perform(context: RunInProgress): Promise<RunResult> {
  const { id, entries, environment, emitter, signal } = context;
  const startedAt = environment.steadyNow();
  announce(id, entries, environment, emitter);
  const { prepared, problems } = await prepareAll(entries, environment, emitter, signal);
  const isRefused = problems.length > 0 || signal.aborted;
  if (isRefused) await closeContexts(prepared);
  const builds = isRefused
    ? entries.map(({ build, cancelReason }) => endRefused(build, problems, emitter, cancelReason))
    : await buildAll(context, prepared);
  const count = (outcome: BuildResult['outcome']) =>
    builds.filter((build) => build.outcome === outcome).length;
  const outcome = worstOf(builds);
  const durationMs = environment.steadyNow() - startedAt;
  emitter.run({
    type: 'run-end',
    outcome,
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    ...(count('detached') > 0 ? { detached: count('detached') } : {}),
    durationMs,
  });
  const leftovers = entries.flatMap((entry) => entry.created.targets());
  return { run: id, outcome, builds, durationMs, problems, leftovers };
}

function announce(id: string, entries: readonly Entry[], environment: Environment, emitter: Emitter): void {
  const { kind, name, namespace } = environment.cluster.description;
  emitter.run({
    type: 'run-start',
    run: id,
    cluster: { kind, name, namespace },
    isSimulated: environment.isSimulated,
    builds: entries.map(({ build }) => ({
      id: build.id,
      name: build.name,
      context: shownContext(build.request.context),
      destinations: build.request.destinations,
      platform: build.request.platform,
    })),
  });
}

async function prepareAll(
  entries: readonly Entry[],
  environment: Environment,
  emitter: Emitter,
  signal: AbortSignal,
): Promise<{ prepared: readonly PreparedBuild[]; problems: readonly RunProblem[] }> {
  const run = { signal, now: environment.now };
  const results = await Promise.all(
    entries.map(async ({ build }) => {
      void emitter.build(build.id, { type: 'build-phase', phase: 'preflight' });
      return prepareBuild(build, environment, run);
    }),
  );
  const prepared = results.flatMap((result) => ('prepared' in result ? [result.prepared] : []));
  for (const build of prepared) {
    for (const notice of build.notices) void emitter.build(build.id, { type: 'notice', ...notice });
    if (build.outline !== undefined) {
      void emitter.build(build.id, { type: 'outline', stages: build.outline.stages });
    }
  }
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []));
  if (signal.aborted) return { prepared, problems: [] };
  return { prepared, problems: [...problems, ...(await checkEnvironment(prepared, environment, run))] };
}

async function buildAll(
  { id, entries, environment, emitter, isDetached, signal, onFailed }: RunInProgress,
  prepared: readonly PreparedBuild[],
): Promise<readonly BuildResult[]> {
  const { store, keepContextMs: keepMs, indexFolder, now, steadyNow } = environment;
  const uploads =
    store === undefined
      ? new Map<string, UploadGroup>()
      : groupUploads(prepared, { runId: id, store, keepMs, indexFolder, now, steadyNow });
  const prepare = new Map(prepared.map((build) => [build.id, build]));
  return Promise.all(
    entries.map(async (entry) => {
      const { build, stop, created } = entry;
      const ready = prepare.get(build.id);
      if (ready === undefined) throw new Error(`build ${build.id} was not prepared`);
      void emitter.build(build.id, { type: 'build-phase', phase: 'queued' });
      const ended = await runBuild(ready, {
        runId: id,
        environment,
        emitter,
        created,
        uploads,
        isDetached,
        signal: AbortSignal.any([signal, stop.signal]),
      });
      // Where nobody here asked for it, someone else did, and the cluster says who.
      const reason =
        ended.outcome === 'cancelled' ? (entry.cancelReason ?? ended.failure?.message) : undefined;
      const result: BuildResult = { ...ended, reason };
      const { id: _id, name: _name, kept: _kept, detached: _detached, attempts, ...told } = result;
      void emitter.build(build.id, { type: 'build-end', ...told, attempts: attempts.length || undefined });
      if (result.outcome === 'failed') onFailed(result);
      return result;
    }),
  );
}
