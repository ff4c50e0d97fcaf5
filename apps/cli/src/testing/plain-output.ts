import { createLineWriter } from '../displays/line-writer.ts';
import { createPlainDisplay } from '../displays/plain/plain-display.ts';
import { type Colors, noColors } from '../text/colors.ts';
import { runEvents, startedAtMs, type Told } from './run-events.ts';
import { showEvents } from './show-events.ts';
import { createTestIo } from './test-io.ts';

/** A display with a clock that stands at the newest event, and can be moved on. */
export function plainOutput(colors: Colors = noColors) {
  const { io, out } = createTestIo();
  const clock = { ms: startedAtMs };
  const writer = createLineWriter(io.stdout, () => undefined);
  const display = createPlainDisplay({ writer, colors, clock: () => clock.ms });
  return { display, clock, lines: () => out().split('\n').slice(0, -1), out };
}

export async function plainLines(
  told: readonly Told[],
  names: readonly string[] = ['app'],
): Promise<readonly string[]> {
  const { display, lines, clock } = plainOutput();
  const events = runEvents(names, told);
  clock.ms = Date.parse(events.at(-1)?.time ?? '');
  await showEvents(display, events, { closes: false });
  return lines().slice(1);
}
