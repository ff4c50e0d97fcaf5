import { isKanikitError } from './errors.ts';
import type { Finding } from './finding.ts';
import type { RunContext } from './run-context.ts';
import { untilAborted } from './until-aborted.ts';

/** What a check found, without its name. */
export type FindingBody = Omit<Finding, 'check' | 'title'>;

/** Longest time of one check, in milliseconds. */
const checkTimeoutMs = 10_000;

/** Runs one check of the doctor: errors are findings, too, and it ends in time. */
export async function look(
  {
    check,
    title,
    timeoutMs = checkTimeoutMs,
  }: Pick<Finding, 'check' | 'title'> & { readonly timeoutMs?: number },
  run: RunContext,
  work: (run: RunContext) => Promise<FindingBody>,
): Promise<Finding> {
  const late = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([run.signal, late]);
  try {
    return { check, title, ...(await untilAborted(work({ ...run, signal }), signal)) };
  } catch (error) {
    // The time of the whole is up: what was not seen is not known.
    if (run.signal.aborted && !isTimeout(run.signal.reason)) throw error;
    if (run.signal.aborted) return { check, title, status: 'unknown', message: 'no time was left to look' };
    if (late.aborted)
      return { check, title, status: 'unknown', message: `no answer within ${timeoutMs / 1000} s` };
    if (!isKanikitError(error)) throw error;
    const { code, message, hint } = error;
    return { check, title, status: 'problem', code, message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** What `AbortSignal.timeout` aborts with. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
