import type { KanikitEvent } from '@kanikit/spec';
import { safeJson } from '@kanikit/toolkit/text';
import type { Display } from './display.ts';
import type { LineWriter } from './line-writer.ts';

/** One event per line, as they come (docs/events.md). */
export function createJsonDisplay(writer: LineWriter): Display {
  return {
    show: (event) => writer.write(eventLine(event)),
    tick: () => undefined,
    interrupted: () => undefined,
    close: () => writer.flush(),
  };
}

/** The event as one line of JSON in plain characters. */
export function eventLine(event: KanikitEvent): string {
  return `${safeJson(event)}\n`;
}
