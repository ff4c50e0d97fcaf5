import { supportsFlag } from '../flags/supports-flag.ts';
import type { Decoding, LogDistribution } from './decoding.ts';

/** Only releases of the fork with this flag print lines in every build that no other distribution prints. */
const provenWith = 'secret';

/**
 * Tells whose executor it is as soon as a line proves it, and again when a later line proves more.
 *
 * @param at where among the events: before those of the line that proves it
 */
export function tellExecutor(d: Decoding, at: number = d.events.length): void {
  const { distribution, version, format } = d;
  if (format === undefined) return;
  const told = `${distribution} ${version} ${format}`;
  if (told === d.detected) return;
  d.detected = told;
  d.events.splice(at, 0, { type: 'executor-detect', distribution, version, logFormat: format });
}

/**
 * Whose executor it is when the log looks like google's: early releases of the fork, and all of chainguard, look like that, too. Then the choice
 * counts.
 */
export function likeGoogle({ executor }: Decoding): LogDistribution {
  if (executor === undefined) return 'google';
  const { distribution } = executor;
  return distribution === 'osscontainertools' && supportsFlag(executor, provenWith) ? 'google' : distribution;
}
