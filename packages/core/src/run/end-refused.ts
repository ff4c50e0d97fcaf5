import type { IdentifiedBuild } from '../planner/identify-builds.ts';
import type { Emitter } from '../model/emitter.ts';
import type { BuildResult, RunProblem } from '../model/result.ts';

/** Ends a build of a run that the preflight refused (or that was cancelled there): nothing was started, so nothing is left. */
export function endRefused(
  build: IdentifiedBuild,
  problems: readonly RunProblem[],
  emitter: Emitter,
  cancelReason: string | undefined,
): BuildResult {
  const mine =
    problems.find((problem) => problem.build === build.id) ??
    problems.find((problem) => problem.build === undefined);
  const failure =
    mine === undefined
      ? undefined
      : {
          code: mine.code,
          message: mine.message,
          hint: mine.hint,
          step: undefined,
          lines: [],
          isRetryable: false,
        };
  const outcome = failure === undefined ? ('cancelled' as const) : ('failed' as const);
  const ending = {
    outcome,
    digest: undefined,
    images: [],
    exitCode: undefined,
    failure,
    durationMs: 0,
    logFile: undefined,
    reason: failure === undefined ? cancelReason : undefined,
  };
  void emitter.build(build.id, { type: 'build-end', ...ending });
  return { id: build.id, name: build.name, ...ending, attempts: [] };
}
