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
  if (text.length < 20 || text.length > 35) return undefined;
  // Thousands of lines share a second, and reading it is the dearest part of a line.
  const isSameSecond = lastSecond !== '' && text.endsWith('Z') && text.startsWith(lastSecond);
  if (isSameSecond) {
    const timeMs = text.length === 20 ? 0 : fractionMs(text);
    if (timeMs !== undefined) return { text, timeMs: lastSecondMs + timeMs };
  }
  if (!shape.test(text)) return undefined;
  const second = text.slice(0, 19);
  const zone = text.endsWith('Z') ? 'Z' : text.slice(-6);
  const secondMs = Date.parse(second + zone);
  if (Number.isNaN(secondMs)) return undefined;
  if (zone === 'Z') {
    lastSecond = second;
    lastSecondMs = secondMs;
  }
  const fraction = text.slice(19, text.length - zone.length);
  return { text, timeMs: secondMs + (fraction === '' ? 0 : Math.trunc(Number(`0${fraction}`) * 1000)) };
}

/** Milliseconds of `2026-11-23T05:47:30.123456789Z`; undefined where something else stands there. */
function fractionMs(text: string): number | undefined {
  if (text.charCodeAt(19) !== 46 || text.length > 30 || text.length < 22) return undefined;
  let milliseconds = 0;
  for (let index = 20, scale = 100; index < text.length - 1; index += 1, scale /= 10) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    if (scale >= 1) milliseconds += digit * scale;
  }
  return milliseconds;
}
