import { createLogDecoder, type ExecutorRelease } from '@kanikit/kaniko';
import {
  type BuildEvent,
  type ClusterPod,
  isKanikitError,
  type KanikitError,
  type PodObservation,
  type PodResult,
  type RunContext,
  untilAborted,
} from '@kanikit/spec';
import { errorWords } from '@kanikit/toolkit/text';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { LogFile } from './log-file.ts';
import { createLineRedactor, type Redactor } from '@kanikit/toolkit/secrets';
import type { PodStory } from './settle.ts';
import { unexpectedExecutor } from './unexpected-executor.ts';
import { waitEvent } from './wait-event.ts';

/**
 * How long the log may be silent before its end, after the cluster has said that the container ended: two connections may be dead, each of which a
 * driver takes ten seconds to notice. A log that still arrives has the time it needs.
 */
const logSilenceMs = 25_000;

export interface FollowOptions {
  readonly emit: (event: BuildEvent) => void | Promise<void>;
  readonly logFile: LogFile | undefined;
  /** Takes secrets out of the log and of what the cluster tells. */
  readonly redactor: Redactor;
}

/** What the log is read with. */
export type FollowedBuild = Pick<PreparedBuild, 'outline'> & {
  /** The executor that the build was prepared for, where that is known. */
  readonly executor?: ExecutorRelease | undefined;
  readonly request: Pick<PreparedBuild['request'], 'destinations' | 'cache'>;
};

/**
 * Follows a pod from its creation to its end: status and log side by side. Where the cluster can no longer tell how the pod fares, the log is
 * read to its end all the same.
 */
export async function followPod(
  build: FollowedBuild,
  pod: ClusterPod,
  { emit: send, logFile, redactor }: FollowOptions,
  run: RunContext,
): Promise<PodStory> {
  const emit = withExecutorCheck(send, build.executor);
  const decoder = createLogDecoder({
    outline: build.outline,
    destinations: build.request.destinations,
    cacheRepository: typeof build.request.cache === 'object' ? build.request.cache.repository : undefined,
    executor: build.executor,
  });
  const stopLog = new AbortController();
  const silence = createSilence();
  // The cluster's word decides without the log, so a log that can't be read is told, not fatal.
  const reading = readLog(pod, decoder, { emit, logFile, redactor, silence }, stopLog.signal).catch(
    (error: unknown) => {
      if (!run.signal.aborted) void emit(logLost(errorWords(error)));
    },
  );
  const watching = watchStatus(pod, { emit, redactor });
  watching.catch(() => undefined);
  const ended = await untilAborted(watching.catch(asWatchError), run.signal);
  const isWatched = !isKanikitError(ended);
  try {
    if (isWatched) await untilEndOrSilence(reading, silence, run.signal, emit);
    else {
      void emit(watchLost(ended));
      await untilAborted(reading, run.signal);
    }
  } finally {
    stopLog.abort();
  }
  const result = isWatched ? ended : undefined;
  const { events, verdict } = decoder.end({ exitCode: result?.exitCode });
  // What a cut log lacks proves no distribution.
  const tell = verdict.outcome === 'unfinished' ? send : emit;
  for (const event of events) void tell(event);
  return { pod: result, watchError: isWatched ? undefined : ended, log: verdict };
}

/** Tells of another executor than the one that the build was prepared for, at the first line that proves it. */
function withExecutorCheck(
  send: FollowOptions['emit'],
  executor: ExecutorRelease | undefined,
): FollowOptions['emit'] {
  const warningOf = unexpectedExecutor(executor);
  return async (event) => {
    await send(event);
    const warning = warningOf(event);
    if (warning !== undefined) await send(warning);
  };
}

/** Errors of the cluster end the watching, not the build; others are ours. */
function asWatchError(error: unknown): KanikitError {
  if (isKanikitError(error)) return error;
  throw error;
}

/** Tells when nothing came for too long. While a line is written, decoded and told, which a slow display may hold up, nothing is missed. */
interface Silence {
  /** A line came, and is being worked on. */
  lineStart(): void;
  lineEnd(): void;
  /** Resolves when it has lasted too long. Call `stop` in any case. */
  tooLong(): Promise<void>;
  stop(): void;
}

function createSilence(): Silence {
  let timer: NodeJS.Timeout | undefined;
  let isAtWork = false;
  return {
    lineStart() {
      isAtWork = true;
    },
    lineEnd() {
      isAtWork = false;
      timer?.refresh();
    },
    tooLong: () =>
      new Promise((resolve) => {
        timer = setTimeout(() => {
          if (isAtWork) timer?.refresh();
          else resolve();
        }, logSilenceMs);
      }),
    stop: () => clearTimeout(timer),
  };
}

async function untilEndOrSilence(
  reading: Promise<void>,
  silence: Silence,
  signal: AbortSignal,
  emit: FollowOptions['emit'],
): Promise<void> {
  try {
    const late = silence.tooLong().then(() => 'late');
    const first = await untilAborted(Promise.race([reading, late]), signal);
    if (first === 'late')
      void emit(logLost(`nothing of it came for ${logSilenceMs / 1000} s after the end of the pod`));
  } finally {
    silence.stop();
  }
}

async function watchStatus(
  pod: ClusterPod,
  { emit, redactor }: Pick<FollowOptions, 'emit' | 'redactor'>,
): Promise<PodResult> {
  let isWaiting = false;
  for await (const told of pod.observations) {
    const observation = withoutSecrets(told, redactor);
    if (isWaiting && observation.type !== 'pending' && observation.type !== 'notice') {
      isWaiting = false;
      void emit(waitEvent(undefined));
    }
    if (observation.type === 'pending') isWaiting = true;
    // What it is held for is told by the packing and the upload.
    if (observation.type !== 'held') void emit(eventOf(observation));
    if (observation.type === 'running') void emit({ type: 'build-phase', phase: 'executor' });
    if (observation.type === 'ended') return observation;
  }
  throw new Error(`the observations of pod ${pod.namespace}/${pod.name} ended without a result`);
}

function withoutSecrets(observation: PodObservation, redactor: Redactor): PodObservation {
  const hidden = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : redactor.text(text);
  switch (observation.type) {
    case 'pending':
    case 'notice':
      return { ...observation, message: redactor.text(observation.message), hint: hidden(observation.hint) };
    case 'ended': {
      const { message, terminationMessage, hint } = observation;
      return {
        ...observation,
        message: hidden(message),
        terminationMessage: hidden(terminationMessage),
        hint: hidden(hint),
      };
    }
    default:
      return observation;
  }
}

function eventOf(observation: Exclude<PodObservation, { type: 'held' }>): BuildEvent {
  switch (observation.type) {
    case 'pending':
      return waitEvent(observation);
    case 'scheduled':
      return { type: 'pod-schedule', node: observation.node };
    case 'pulling':
      return { type: 'pod-pull', image: observation.image };
    case 'running':
      return { type: 'pod-start', node: observation.node };
    case 'notice':
      return {
        type: 'notice',
        level: observation.isWarning ? 'warning' : 'info',
        code: observation.reason,
        message: observation.message,
        hint: observation.hint,
      };
    case 'ended':
      return {
        type: 'pod-end',
        cause: observation.cause,
        exitCode: observation.exitCode,
        reason: observation.reason,
      };
    default:
      return observation satisfies never;
  }
}

function logLost(why: string): BuildEvent {
  return {
    type: 'notice',
    level: 'warning',
    code: 'log-lost',
    message: `Reading the log of the pod: ${why.replace(/\.$/, '')}.`,
    hint: 'The verdict comes from the pod status; what the executor printed may be missing, in the log file as well.',
  };
}

function watchLost({ message, hint }: KanikitError): BuildEvent {
  return {
    type: 'notice',
    level: 'warning',
    code: 'watch-lost',
    message: `${message} The pod's log is read to its end, and decides.`,
    hint,
  };
}

async function readLog(
  pod: ClusterPod,
  decoder: ReturnType<typeof createLogDecoder>,
  { emit, logFile, redactor, silence }: FollowOptions & { readonly silence: Silence },
  signal: AbortSignal,
): Promise<void> {
  const lines = createLineRedactor(redactor);
  const tell = async (bytes: Uint8Array): Promise<void> => {
    await logFile?.write(bytes);
    for (const event of decoder.push(bytes)) await emit(event);
  };
  for await (const line of pod.log) {
    if (signal.aborted) return;
    silence.lineStart();
    await tell(lines.next(line.bytes));
    silence.lineEnd();
  }
  await tell(lines.end());
}
