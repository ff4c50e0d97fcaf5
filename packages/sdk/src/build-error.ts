import { type BuildResult, isTimeout, type RunResult } from '@kanikit/core';
import { isKanikitError, KanikitError } from '@kanikit/spec';

/** What `build` throws for a build that failed or was cancelled. */
export interface BuildError extends KanikitError {
  /** How the build ended: its failure with step and last lines, its attempts, its log file. */
  readonly result: BuildResult;
}

/**
 * True for what `build` throws for a build that failed or was cancelled.
 *
 * @example
 * try { await kanikit.build(request); } catch (error) {
 *   if (isBuildError(error)) console.error(error.message, error.result.failure?.lines);
 * }
 */
export function isBuildError(value: unknown): value is BuildError {
  return isKanikitError(value) && 'result' in value;
}

/** The build's result where it succeeded. */
export function resultOrThrow({ builds: [build] }: RunResult, signal: AbortSignal | undefined): BuildResult {
  if (build === undefined) throw new TypeError('a run of no builds');
  if (build.outcome === 'succeeded' || build.outcome === 'detached') return build;
  const error = build.outcome === 'cancelled' ? cancelled(build, signal) : failed(build);
  // Not shown with the error: whoever prints it wants its message.
  throw Object.defineProperty(error, 'result', { value: build });
}

function failed({ failure }: BuildResult): KanikitError {
  return new KanikitError({
    code: failure?.code ?? 'internal-error',
    message: failure?.message ?? 'The build failed.',
    hint: failure?.hint,
    retryable: failure?.isRetryable,
  });
}

function cancelled({ failure, reason }: BuildResult, signal: AbortSignal | undefined): KanikitError {
  const isOfSignal = signal?.aborted === true;
  const cause: unknown = isOfSignal ? signal.reason : undefined;
  const isLate = isOfSignal && isTimeout(cause);
  const why = reason === undefined ? '' : `: ${reason}`;
  return new KanikitError({
    code: isLate ? 'timeout' : 'cancelled',
    message: failure?.message ?? `The build was cancelled${why}.`,
    hint: isLate ? 'Give it more time, or look at what it waits for.' : failure?.hint,
    cause,
  });
}
