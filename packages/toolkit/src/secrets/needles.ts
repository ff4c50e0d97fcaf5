/** Finds many texts in one pass, in time that grows with the text alone. */
export interface Needles {
  /** Masks every part of the text that belongs to a needle; the same text where there is none. */
  mask(text: string): string;
}

export const maskText = '***';

/** Needles are told apart by their first four characters, which is as much as a whole number of 32 bits holds. */
const keyLength = 4;

/** @param needles in characters of one byte, each of four or more */
export function createNeedles(needles: Iterable<string>): Needles {
  const byKey = new Map<number, string[]>();
  for (const needle of needles) {
    if (needle.length < keyLength) continue;
    const key = keyAt(needle, 0);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [needle]);
    else list.push(needle);
  }
  // The longest first: the first that is found covers the most.
  for (const list of byKey.values()) list.sort((left, right) => right.length - left.length);
  return { mask: (text) => (byKey.size === 0 ? text : maskIn(text, byKey)) };
}

function maskIn(text: string, byKey: ReadonlyMap<number, readonly string[]>): string {
  let shown = '';
  let shownTo = 0;
  let hiddenTo = -1;
  const last = text.length - keyLength;
  let key = keyAt(text, 0);
  for (let at = 0; at <= last; at += 1) {
    if (at > 0) key = (key << 8) | text.charCodeAt(at + keyLength - 1);
    const found = byKey.get(key)?.find((needle) => text.startsWith(needle, at));
    if (found === undefined) continue;
    // A needle that begins inside of another one and ends behind it is masked to its end.
    if (at > hiddenTo) shown += text.slice(shownTo, at) + maskText;
    hiddenTo = Math.max(hiddenTo, at + found.length);
    shownTo = hiddenTo;
  }
  return shownTo === 0 ? text : shown + text.slice(shownTo);
}

function keyAt(text: string, at: number): number {
  let key = 0;
  for (let offset = 0; offset < keyLength; offset += 1) key = (key << 8) | text.charCodeAt(at + offset);
  return key;
}
