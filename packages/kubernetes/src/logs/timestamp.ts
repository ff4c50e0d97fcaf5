/** A time of the container runtime: nanoseconds matter to tell lines apart, milliseconds to people. */
export interface Timestamp {
  readonly text: string;
  readonly timeMs: number;
}

const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

let lastSecond = '';
let lastSecondMs = 0;

/** Reads an RFC 3339 timestamp with up to nine decimals; undefined for anything else. */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (text.length < 20 || text.length > 35 || !shape.test(text)) return undefined;
  const second = text.slice(0, 19);
  const zone = text.endsWith('Z') ? 'Z' : text.slice(-6);
  const key = second + zone;
  // Thousands of lines share a second, and `Date.parse` is the dearest part of a line.
  if (key !== lastSecond) {
    lastSecondMs = Date.parse(key);
    lastSecond = key;
  }
  if (Number.isNaN(lastSecondMs)) return undefined;
  const fraction = text.slice(19, text.length - zone.length);
  return { text, timeMs: lastSecondMs + (fraction === '' ? 0 : Math.trunc(Number(`0${fraction}`) * 1000)) };
}
