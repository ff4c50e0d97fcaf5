import type { Decoding } from './decoding.ts';

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
