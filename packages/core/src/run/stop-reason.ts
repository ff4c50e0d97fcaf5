import { errorWords } from '@kanikit/toolkit/text';
import type { BuildEvent } from '@kanikit/spec';
import type { Emitter } from '../model/emitter.ts';

/** Whether a signal was aborted because time was over, as `AbortSignal.timeout` does. */
export function isTimeout(reason: unknown): boolean {
  return nameOf(reason) === 'TimeoutError';
}

/** Why a caller's signal was aborted, for people. */
export function stopWords(reason: unknown): string {
  if (isTimeout(reason)) return 'the time that the caller gave was over';
  const hasWords = typeof reason === 'string' || nameOf(reason) !== undefined;
  const said = hasWords && reason !== '' ? errorWords(reason) : '';
  // `abort()` without a reason has words of its own, which say nothing.
  return nameOf(reason) === 'AbortError' || said === ''
    ? 'the caller asked to stop'
    : `the caller asked to stop: ${said}`;
}

/** A reason is whatever a script hands in: looking at it may throw, and would end the process in the middle of an abort. */
function nameOf(reason: unknown): unknown {
  try {
    return typeof reason === 'object' && reason !== null && 'name' in reason ? reason.name : undefined;
  } catch {
    return undefined;
  }
}

export interface Doings {
  /** The emitter, listened to. */
  readonly emitter: Emitter;
  /** What a build was at when it was last heard of: `it waited for its pod (0/3 nodes are available)`. */
  wordsOf(build: string): string | undefined;
}

/** Listens to what builds are at, for the message of a build whose time was over. */
export function trackDoings(emitter: Emitter): Doings {
  const phases = new Map<string, string>();
  const waits = new Map<string, string | undefined>();
  const note = (build: string, event: BuildEvent): void => {
    if (event.type === 'build-wait') waits.set(build, event.reason === undefined ? undefined : event.message);
    if (event.type !== 'build-phase') return;
    phases.set(build, phaseWords[event.phase]);
    waits.delete(build);
  };
  return {
    emitter: {
      ...emitter,
      build: (build, event) => {
        note(build, event);
        return emitter.build(build, event);
      },
    },
    wordsOf: (build) => {
      const phase = phases.get(build);
      const wait = waits.get(build);
      return phase === undefined || wait === undefined ? phase : `${phase} (${wait})`;
    },
  };
}

const phaseWords = {
  queued: 'it waited for its turn',
  preflight: 'its request, the cluster and the bucket were checked',
  context: 'its context was packed and sent',
  pod: 'it waited for its pod',
  executor: 'the executor was at work',
  settling: 'it was cleaned up',
  ended: 'it had ended',
} as const;
