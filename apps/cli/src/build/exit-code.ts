import type { RunResult } from '@kanikit/sdk';
import { exitCodes } from '../io.ts';

/** The exit code of a run: what the preflight refused is told apart from builds that failed. */
export function exitCodeOfRun({ outcome, problems, builds, isFailedFast }: RunResult): number {
  if (outcome === 'succeeded' || outcome === 'detached') return exitCodes.done;
  if (problems.some((problem) => problem.scope === 'request')) return exitCodes.usage;
  if (problems.length > 0) return exitCodes.refused;
  // Builds that --fail-fast cancelled do not count as interrupted.
  return isFailedFast !== true && builds.some((build) => build.outcome === 'cancelled')
    ? exitCodes.interrupted
    : exitCodes.buildFailed;
}
