import { initialRunState, reduceRun, type RunState } from '@kanikit/core';
import type { KanikitEvent } from '@kanikit/spec';
import type { Display } from '../displays/display.ts';

/** Shows events at once, without ticks; closes the display unless told not to. */
export async function showEvents(
  display: Display,
  events: readonly KanikitEvent[],
  { closes = true }: { readonly closes?: boolean } = {},
): Promise<RunState> {
  let state = initialRunState;
  for (const event of events) {
    state = reduceRun(state, event);
    await display.show(event, state);
  }
  if (closes) await display.close(state);
  return state;
}
