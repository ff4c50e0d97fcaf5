import { initialRunState, reduceRun, type RunState } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';
import type { Display } from './display.ts';

const tickMs = 1_000;

/** Feeds a display with a run until its events end; resolves to the last state. The display stays open. */
export async function showRun(
  events: AsyncIterable<KanikitEvent>,
  display: Display,
  onState: (state: RunState) => void,
): Promise<RunState> {
  let state = initialRunState;
  const timer = setInterval(() => display.tick(state), tickMs);
  try {
    for await (const event of events) {
      state = reduceRun(state, event);
      onState(state);
      const wait = display.show(event, state);
      if (wait !== undefined) await wait;
    }
    return state;
  } finally {
    clearInterval(timer);
  }
}
