import {
  type BuildEvent,
  type ClusterBuilds,
  type ClusterDescription,
  type FoundBuild,
  isKanikitError,
  KanikitError,
  type RunContext,
} from '@kanikit/spec';
import type { Ending } from '../run/build-run.ts';
import { createRedactor } from '@kanikit/toolkit/secrets';
import { createEmitter, type Emitter, type EventSink } from '../model/emitter.ts';
import { failureOfError } from '../model/failures.ts';
import { followPod } from '../run/follow-pod.ts';
import { openLogFile } from '../run/log-file.ts';
import type { BuildResult, RunResult } from '../model/result.ts';
import { isSealed, settle } from '../run/settle.ts';
import type { Run } from '../run/start-run.ts';
import { stopWords } from '../run/stop-reason.ts';
import { worstOf } from '../run/worst-of.ts';

/** What following builds of others needs of the outside world. */
export interface AttachEnvironment {
  readonly cluster: ClusterDescription;
  readonly builds: ClusterBuilds;
  /** Folder for full logs (`<folder>/<run>/<build>.log`); undefined keeps none. */
  readonly logFolder: string | undefined;
  readonly isSimulated: boolean;
  /** By the machine's clock, to compare with times of the cluster. */
  readonly now: () => number;
  /** For the times of events. */
  readonly steadyNow: () => number;
}

/**
 * Follows builds that others started, from the first byte of their logs: the same events, the same verdict. Cancelling the run lets go of them, and
 * they go on.
 */
export function attachRun(
  found: readonly FoundBuild[],
  environment: AttachEnvironment,
  options: { readonly signal?: AbortSignal | undefined; readonly onEvent: EventSink },
): Run {
  const emitter = createEmitter(options.onEvent, environment.steadyNow);
  const runIds = [...new Set(found.map(({ runId }) => runId))];
  const id = runIds.join('+');
  const stop = new AbortController();
  const stops = new Map(found.map(({ buildId }) => [buildId, new AbortController()]));
  const cancel: Run['cancel'] = ({ build, reason = 'detached by the user' } = {}) => {
    const cause = new KanikitError({ code: 'detached', message: `Letting go: ${reason}.` });
    if (build !== undefined) stops.get(build)?.abort(cause);
    else stop.abort(cause);
  };
  const onAbort = (): void => cancel({ reason: stopWords(options.signal?.reason) });
  const perform = async (): Promise<RunResult> => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (options.signal?.aborted === true) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const startedAt = environment.steadyNow();
    announce(id, found, environment, emitter);
    try {
      const builds = await Promise.all(
        found.map((build) => {
          const own = stops.get(build.buildId)?.signal;
          const signal = own === undefined ? stop.signal : AbortSignal.any([stop.signal, own]);
          return attachOne(build, environment, emitter, { signal, now: environment.now });
        }),
      );
      return endRun(id, builds, emitter, environment.steadyNow() - startedAt);
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
    }
  };
  return { id, result: perform(), cancel, created: () => [] };
}

function announce(
  run: string,
  found: readonly FoundBuild[],
  { cluster: { kind, name, namespace }, isSimulated }: AttachEnvironment,
  emitter: Emitter,
): void {
  const names = new Set<string>();
  emitter.run({
    type: 'run-start',
    run,
    cluster: { kind, name, namespace: found[0]?.namespace ?? namespace },
    isSimulated,
    builds: found.map(({ buildId: id, about }) => {
      // Builds of several runs may have one name.
      const display = about === undefined || names.has(about.name) ? id : about.name;
      names.add(display);
      return {
        id,
        name: display,
        context: about?.context ?? '',
        destinations: about?.destinations ?? [],
        platform: about?.platform,
      };
    }),
  });
}

async function attachOne(
  build: FoundBuild,
  environment: AttachEnvironment,
  emitter: Emitter,
  run: RunContext,
): Promise<BuildResult> {
  const { buildId: id, about, runId } = build;
  // Secrets of other clients are not known: what grants access is told by its form.
  const redactor = createRedactor();
  const emit = (event: BuildEvent): void | Promise<void> => emitter.build(id, event);
  const logFile =
    environment.logFolder === undefined
      ? undefined
      : await openLogFile({ folder: environment.logFolder, run: runId, build: id, attempt: 1 }, (error) => {
          const message = `Writing the build's log file: ${error.message}. The build goes on without one.`;
          void emit({ type: 'notice', level: 'warning', code: 'log-file-failed', message, hint: undefined });
        });
  if (about?.outline !== undefined) void emit({ type: 'outline', stages: about.outline });
  void emit({ type: 'build-phase', phase: 'pod' });
  void emit({ type: 'pod-create', namespace: build.namespace, pod: build.pod, image: build.image });
  let ending: Ending;
  let reason: string | undefined;
  const pod = environment.builds.adopt(build, run);
  try {
    const followed = await followPod(
      {
        outline: about?.outline && { stages: about.outline },
        request: {
          destinations: about?.destinations ?? [],
          cache: about?.cacheRepository === undefined ? undefined : { repository: about.cacheRepository },
        },
      },
      pod,
      { emit, logFile, redactor },
      run,
    );
    const settlement = settle(followed, {
      destinations: isPushed(build) ? (about?.destinations ?? []) : [],
      isContextSealed: isContextSealed(build),
    });
    for (const notice of settlement.notices) void emit({ type: 'notice', level: 'warning', ...notice });
    const { notices: _told, ...settled } = settlement;
    ending = settled;
    if (ending.outcome === 'cancelled') reason = ending.failure?.message;
  } catch (error) {
    const outcome = run.signal.aborted ? 'detached' : 'failed';
    const failure = run.signal.aborted ? undefined : failureOfError(error);
    if (run.signal.aborted && isKanikitError(run.signal.reason)) reason = run.signal.reason.message;
    ending = { outcome, digest: undefined, images: [], exitCode: undefined, failure };
  } finally {
    pod.leave?.();
  }
  await logFile?.close();
  const from = build.startedAt ?? build.createdAt;
  const durationMs = Math.max(0, (build.endedAt ?? environment.now()) - from);
  const result = { ...ending, durationMs, logFile: logFile?.path, reason };
  void emit({ type: 'build-end', ...result, attempts: 1 });
  const attempt = { number: 1, failure: ending.failure, durationMs, logFile: logFile?.path };
  return { id, name: about?.name ?? id, ...result, attempts: [attempt] };
}

function endRun(
  run: string,
  builds: readonly BuildResult[],
  emitter: Emitter,
  durationMs: number,
): RunResult {
  const count = (outcome: BuildResult['outcome']): number =>
    builds.filter((build) => build.outcome === outcome).length;
  const [succeeded, failed, cancelled, detached] = [
    count('succeeded'),
    count('failed'),
    count('cancelled'),
    count('detached'),
  ];
  const outcome = worstOf(builds);
  emitter.run({ type: 'run-end', outcome, succeeded, failed, cancelled, detached, durationMs });
  return { run, outcome, builds, durationMs, problems: [], leftovers: [] };
}

function isPushed({ args }: FoundBuild): boolean {
  return !args.some((argument) => argument === '--no-push' || argument === '--no-push=true');
}

/** A Dockerfile whose name comes late is that of an archive which was being uploaded. */
function isContextSealed({ args }: FoundBuild): boolean {
  const dockerfile = args
    .find((argument) => argument.startsWith('--dockerfile='))
    ?.slice('--dockerfile='.length);
  return isSealed(dockerfile) || dockerfile?.startsWith('$(') === true;
}
