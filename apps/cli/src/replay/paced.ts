import { setTimeout as delay } from 'node:timers/promises';
import type { KanikitEvent } from '@kanikit/spec';

/** Events in their own time, and the clock that goes with it. */
export interface PacedEvents {
  readonly events: AsyncIterable<KanikitEvent>;
  /** Now, in the time of the recording. */
  readonly clock: () => number;
}

/** Plays events as they happened, `speed` times faster; an infinite speed knows no pauses. Aborting ends the play early. */
export function paced(events: AsyncIterable<KanikitEvent>, speed: number, signal: AbortSignal): PacedEvents {
  let recordedFrom = 0;
  let playedFrom = 0;
  let newest = 0;
  const clock = () => {
    if (!Number.isFinite(speed) || playedFrom === 0) return newest;
    return recordedFrom + (performance.now() - playedFrom) * speed;
  };
  async function* play(): AsyncIterable<KanikitEvent> {
    for await (const event of events) {
      const timeMs = Date.parse(event.time);
      if (playedFrom === 0) {
        recordedFrom = timeMs;
        playedFrom = performance.now();
      }
      const waitMs = Number.isFinite(speed)
        ? (timeMs - recordedFrom) / speed - (performance.now() - playedFrom)
        : 0;
      if (waitMs > 0 && !(await passed(waitMs, signal))) return;
      if (signal.aborted) return;
      newest = Math.max(newest, timeMs);
      yield event;
    }
  }
  return { events: play(), clock };
}

async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    // The only error of a timer is that it was aborted.
    return false;
  }
}
