import { setTimeout as delay } from 'node:timers/promises';
import { type BuildEvent, type BuildFailure, parseImageReference } from '@kanikit/spec';
import { createRedactor, redactDeep } from '@kanikit/toolkit/secrets';
import { createDeliveryMemory } from '../delivery/delivery-memory.ts';
import type { Emit } from '../delivery/pack-events.ts';
import { timeoutOf } from '../planner/plan-pod.ts';
import { closeContexts } from '../model/close-contexts.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { secretTexts } from '../secrets/resolve-secrets.ts';
import { type BuildRun, type Ending, endingOf, namespaceOf } from './build-run.ts';
import type { BuildAttempt, BuildResult } from '../model/result.ts';
import { decideRetry, defaultRetries, type RetryBasis } from './retry-policy.ts';
import { type AttemptContext, runAttempt } from './run-attempt.ts';
import { waitEvent } from './wait-event.ts';

/** Runs one prepared build to its end. Never throws; everything it created is gone when it resolves, or reported. */
export async function runBuild(
  build: PreparedBuild,
  context: BuildRun,
): Promise<Omit<BuildResult, 'reason'>> {
  const { environment, emitter, created, signal } = context;
  const startedAt = environment.steadyNow();
  const emit = (event: BuildEvent) => emitter.build(build.id, event);
  const attempts: BuildAttempt[] = [];
  let release: (() => void) | undefined;
  let ending: Ending;
  try {
    release = await waitForTurn(build, context, emit);
    ending = await runAttempts(build, context, emit, attempts);
  } catch (error) {
    ending = endingOf(error, signal);
  }
  void emit({ type: 'build-phase', phase: 'settling' });
  if (ending.outcome === 'detached') {
    created.letGo();
    context.uploads.get(build.id)?.keep();
  } else await (ending.kept === undefined ? created.removeAll() : created.removeAllButKept());
  await context.uploads
    .get(build.id)
    ?.leave(build)
    .catch(() => undefined);
  release?.();
  await closeContexts([build]);
  return {
    id: build.id,
    name: build.name,
    ...ending,
    durationMs: environment.steadyNow() - startedAt,
    logFile: attempts.at(-1)?.logFile,
    attempts,
  };
}

async function waitForTurn(
  build: PreparedBuild,
  { environment, signal }: BuildRun,
  emit: Emit,
): Promise<() => void> {
  const { push, destinations } = build.request;
  const registries = push === false ? [] : destinations.map((name) => parseImageReference(name).registry);
  let isTold = false;
  const onWait = (message: string) => {
    isTold = true;
    void emit(waitEvent({ reason: 'concurrency', message }));
  };
  const namespace = namespaceOf(build, environment);
  const release = await environment.admission.queue.take({ namespace, registries, onWait }, signal);
  if (isTold) void emit(waitEvent(undefined));
  return release;
}

async function runAttempts(
  build: PreparedBuild,
  context: BuildRun,
  emitAsIs: Emit,
  made: BuildAttempt[],
): Promise<Ending> {
  const { environment, created, signal } = context;
  const attempts = 1 + (build.request.retries ?? environment.retries ?? defaultRetries);
  const timeoutMs = timeoutOf(build);
  const memory = createDeliveryMemory();
  const redactor = createRedactor();
  redactor.hideWhole(secretTexts(build.secrets));
  // Output and log lines come from lines that are redacted already.
  const emit: Emit = (event) =>
    emitAsIs(event.type === 'output' || event.type === 'log' ? event : redactDeep(event, redactor));
  const shared = { ...context, memory, redactor, emit };
  for (let attempt = 1, remainingMs = timeoutMs; ; attempt += 1) {
    const { ending, podMs } = await oneAttempt(build, { ...shared, attempt, remainingMs }, made);
    remainingMs -= podMs;
    if (ending.outcome !== 'failed') return ending;
    const state = {
      attempt,
      attempts,
      remainingMs,
      timeoutMs,
      memory,
      firstDelayMs: environment.retryDelayMs,
    };
    const delayMs = await prepareNext(build, ending.failure, state, { created, emit });
    if (delayMs === undefined) return ending;
    const { code = '', message = '' } = ending.failure ?? {};
    const logFile = made.at(-1)?.logFile;
    void emit({ type: 'build-retry', attempt: attempt + 1, attempts, code, message, delayMs, logFile });
    await delay(delayMs, undefined, { signal });
    void emit(waitEvent(undefined));
  }
}

/** Takes the attempt away where another one follows: how long until then, or undefined where none does. */
async function prepareNext(
  build: PreparedBuild,
  failure: BuildFailure | undefined,
  state: RetryBasis,
  { created, emit }: Pick<BuildRun, 'created'> & { readonly emit: Emit },
): Promise<number | undefined> {
  const decision = decideRetry(build, failure, state);
  const giveUp = (why: string | undefined) => {
    if (why !== undefined) {
      const message = `Not tried again: ${why}.`;
      void emit({ type: 'notice', level: 'info', code: 'not-retried', message, hint: undefined });
    }
    return undefined;
  };
  if (!('delayMs' in decision)) return giveUp(decision.why);
  // Two executors at work on one image are worse than a build that failed.
  const left = await created.removeAttempt();
  return left.length > 0 ? giveUp(`${left.join(', ')} could not be removed`) : decision.delayMs;
}

async function oneAttempt(
  build: PreparedBuild,
  context: AttemptContext,
  made: BuildAttempt[],
): Promise<{ readonly ending: Ending; readonly podMs: number }> {
  const { steadyNow } = context.environment;
  const startedAt = steadyNow();
  const { ending, podMs, logFile } = await runAttempt(build, context);
  const { failure } = ending;
  made.push({ number: context.attempt, failure, durationMs: steadyNow() - startedAt, logFile });
  return { ending, podMs };
}
