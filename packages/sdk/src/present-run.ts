import type { createEventStream, startRun } from '@kanikit/core';
import type * as Checks from './check/checks.ts';
import type { KanikitRun } from './calls/kanikit-run.ts';

/** A run as callers have it: its events end with its result, and it is cancelled where nobody wants it any longer. */
export function presentRun(
  run: ReturnType<typeof startRun>,
  stream: ReturnType<typeof createEventStream>,
  checks: typeof Checks,
): KanikitRun {
  const result = run.result.finally(() => stream.end());
  return {
    id: run.id,
    events: stream.events,
    result,
    cancel: (options = {}) => run.cancel(checks.checkCall(checks.cancelOptionsSchema, options, 'cancel()')),
    created: run.created,
    [Symbol.asyncDispose]: async () => {
      run.cancel({ reason: 'the run was disposed' });
      await result;
    },
  };
}
