import type { Decoding } from './decoding.ts';
import { setMark } from './mark.ts';
import { flushPartial } from './story.ts';

/** The program of the step has ended. */
export function endRun(d: Decoding): void {
  if (!d.running) return;
  flushPartial(d, d.running);
  setMark(d, d.running);
  d.running.progress = 'ended';
  d.running = undefined;
  d.nested = undefined;
  d.panic = undefined;
}
