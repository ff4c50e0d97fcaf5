import type { KanikitEvent } from '@kanikit/spec';
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

/** Control, bidi and invisible characters that JSON itself leaves as they are; escaping them loses nothing. */
const unsafe = /[\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The event as one line of JSON in plain characters. */
export function eventLine(event: KanikitEvent): string {
  const escaped = JSON.stringify(event).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}
