import { type DelayBounds, KanikitError, type LogLine } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import type { ApiClient } from '../../api/client/api-client.ts';
import { connectionError, hasStatus } from '../../api/client/api-error.ts';
import { createBackoff, isTransient } from '../../api/client/retry.ts';
import { wait } from '../../api/client/wait.ts';
import type { PodMonitor } from '../observe/pod-monitor.ts';
import { executorContainer } from '../../api/watch/pod-object.ts';
import { flatten } from './flatten.ts';
import { createLogSplitter } from './log-lines.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';

/** What following a log needs to know of its pod. */
export type LogMonitor = Pick<
  PodMonitor,
  'stage' | 'hasStarted' | 'hasContainerEnded' | 'ended' | 'whenEnded' | 'whenChanged' | 'failure' | 'notice'
>;

/** The log of one pod. */
export interface LogSource {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
  readonly monitor: LogMonitor;
  readonly signal: AbortSignal;
  /** Asks for the pod's status anew: its log has ended, and nothing was heard of its end. */
  readonly lookAgain?: (() => void) | undefined;
  /** Pauses between tries. @default 200 ms to 5 s */
  readonly backoff?: DelayBounds | undefined;
  /** Longest silence while the rest of an ended container's log is read. @default 10,000 ms */
  readonly stallMs?: number | undefined;
  /** After the log has ended, the pod's status is given this long to say the same. @default 1,000 ms */
  readonly statusLagMs?: number | undefined;
}

/** A log that is not read piles up on the node and may be rotated away, so the pauses stay short. */
const defaultBackoff: DelayBounds = { firstMs: 200, longestMs: 5_000 };
/** Once the container has ended, a followed log that says nothing for this long is read to its end by a request of its own. */
const idleAfterEndMs = 50;
/** A node without the log says so in place of it, in an answer that looks like a success; tries before it is believed. */
const largestRemarkCount = 3;
const defaultStatusLagMs = 1_000;
/** The rest of an ended container's log lies ready on its node: silence of this length means that the connection is dead. */
const defaultStallMs = 10_000;
/** Failures in a row after which the log of an ended container is given up. */
const largestFailureCount = 8;

/**
 * Yields the executor's output from its first byte, resumed after cuts without loss or repeats; ends when the container has ended and
 * all it wrote was read.
 */
export function followLog(source: LogSource): AsyncIterable<LogLine> {
  return { [Symbol.asyncIterator]: () => flatten(readAnswers(source)) };
}

async function* readAnswers(source: LogSource): AsyncGenerator<readonly LogLine[]> {
  const { monitor, signal } = source;
  const position = createLogPosition();
  const backoff = createBackoff(source.backoff ?? defaultBackoff);
  let failures = 0;
  while (monitor.stage() === 'waiting') await monitor.whenChanged(signal);
  throwIfStopped(source);
  while (monitor.hasStarted()) {
    const answer: Answer = { isWhole: false, lines: 0, remark: undefined, failure: undefined };
    yield* readAnswer(source, position, answer);
    if (answer.isWhole && !isUnreadable(answer)) return;
    throwIfStopped(source);
    if (answer.lines > 0) {
      failures = 0;
      backoff.reset();
    }
    if (answer.failure === undefined && !answer.isWhole) {
      if (!monitor.hasContainerEnded()) await waitForEnd(source, source.statusLagMs ?? defaultStatusLagMs);
      if (monitor.hasContainerEnded()) continue;
      source.lookAgain?.();
    } else if (answer.failure !== undefined && !mayHeal(answer.failure, monitor)) {
      if (hasStatus(answer.failure, 404)) return;
      throw answer.failure;
    }
    failures += 1;
    const patience = isUnreadable(answer) ? largestRemarkCount : largestFailureCount;
    if (failures >= patience && monitor.hasContainerEnded()) {
      throw incomplete(source, answer.failure ?? answer.remark);
    }
    await waitForEnd(source, backoff.next(answer.failure));
  }
}

interface Answer {
  isWhole: boolean;
  lines: number;
  /** What the node said about the log. */
  remark: string | undefined;
  failure: unknown;
}

async function* readAnswer(
  source: LogSource,
  position: LogPosition,
  answer: Answer,
): AsyncGenerator<readonly LogLine[]> {
  const { monitor, signal } = source;
  const isFinal = monitor.hasContainerEnded();
  const idle = watchIdle(monitor, isFinal ? (source.stallMs ?? defaultStallMs) : idleAfterEndMs);
  const ready: LogLine[] = [];
  const splitter = createLogSplitter({
    line(line) {
      answer.lines += 1;
      if (position.isNew(line)) ready.push({ bytes: line.bytes, timeMs: line.timestamp.timeMs });
    },
    remark(text) {
      answer.remark = text;
      remark(monitor, text);
    },
  });
  position.restart();
  if (isFinal) idle.waiting();
  try {
    const response = await openLog(
      source,
      position.sinceTime(),
      !isFinal,
      AbortSignal.any([signal, idle.signal]),
    );
    const chunks = response.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer>;
    try {
      for (;;) {
        idle.waiting();
        const next = await chunks.next();
        idle.busy();
        if (next.done === true) break;
        splitter.write(next.value);
        yield ready.splice(0);
      }
    } finally {
      response.destroy();
    }
    // An answer that ends before the container is known to have ended may have been cut in good form. Where nobody can tell any longer, its end
    // is the log's.
    if (!isFinal && !monitor.hasContainerEnded() && monitor.failure() === undefined) return;
    splitter.end();
    answer.isWhole = true;
    yield ready.splice(0);
  } catch (error) {
    if (!idle.signal.aborted || isFinal) answer.failure = asApiError(error, source);
  } finally {
    idle.stop();
  }
}

function openLog(
  { client, namespace, name }: LogSource,
  sinceTime: string | undefined,
  isFollowed: boolean,
  signal: AbortSignal,
): ReturnType<ApiClient['stream']> {
  return client.stream(
    {
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/log`,
      query: {
        container: executorContainer,
        timestamps: 'true',
        ...(isFollowed ? { follow: 'true' } : {}),
        ...(sinceTime === undefined ? {} : { sinceTime }),
      },
      what: `Reading the log of pod ${namespace}/${name}`,
    },
    signal,
  );
}

/** Aborts an answer that stays silent for so long after the container's end. Time that the consumer takes does not count. */
function watchIdle(
  monitor: LogMonitor,
  idleMs: number,
): {
  readonly signal: AbortSignal;
  waiting(): void;
  busy(): void;
  stop(): void;
} {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isWaiting = false;
  let isStopped = false;
  const arm = (): void => {
    clearTimeout(timer);
    if (!isWaiting || isStopped || !monitor.hasContainerEnded()) return;
    timer = setTimeout(() => controller.abort(new Error(`no byte for ${idleMs} ms`)), idleMs);
  };
  void monitor.ended.then(arm);
  return {
    signal: controller.signal,
    waiting() {
      isWaiting = true;
      arm();
    },
    busy() {
      isWaiting = false;
      clearTimeout(timer);
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function waitForEnd({ monitor, signal }: LogSource, longestMs: number): Promise<void> {
  if (monitor.hasContainerEnded()) return wait(Math.min(longestMs, 1_000), signal);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), longestMs);
  try {
    await monitor.whenEnded(AbortSignal.any([signal, timeout.signal]));
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** True for an answer of nothing but the node's own words. */
function isUnreadable({ isWhole, lines, remark: words }: Answer): boolean {
  return isWhole && lines === 0 && words !== undefined;
}

function mayHeal(failure: unknown, monitor: LogMonitor): boolean {
  // 400: the kubelet has not caught up with the container yet. 404: the API server has not, or the pod is gone.
  if (hasStatus(failure, 400)) return true;
  if (hasStatus(failure, 404)) return !monitor.hasContainerEnded();
  return isTransient(failure);
}

function throwIfStopped({ monitor, signal }: LogSource): void {
  signal.throwIfAborted();
  const failure = monitor.failure();
  if (failure !== undefined) throw failure;
}

function incomplete({ namespace, name }: LogSource, cause: unknown): KanikitError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KanikitError({
    code: 'log-incomplete',
    message: asSentence(`Reading the log of pod ${namespace}/${name} to its end: ${reason}`),
    hint: 'The build has ended; only the rest of its log is missing.',
    cause,
  });
}

function asApiError(error: unknown, { client, namespace, name, signal }: LogSource): unknown {
  if (signal.aborted || (error instanceof Error && 'status' in error)) return error;
  return connectionError(`Reading the log of pod ${namespace}/${name}`, client.server, error);
}

function remark(monitor: LogMonitor, message: string): void {
  monitor.notice({ type: 'notice', isWarning: true, reason: 'Log', message });
}
