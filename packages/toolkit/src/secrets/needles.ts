/** Finds many texts in one pass, in time that grows with the text alone. */
export interface Needles {
  /** Masks every part of the text that belongs to a needle; the same text where there is none. */
  mask(text: string): string;
}

export const maskText = '***';

/** Needles are told apart by their first two characters. */
const keyLength = 2;

/** @param needles in characters of one byte, each of two or more */
export function createNeedles(needles: Iterable<string>): Needles {
  const byKey = new Map<number, string[]>();
  for (const needle of needles) {
    if (needle.length < keyLength) continue;
    const key = keyAt(needle, 0);
    byKey.set(key, [...(byKey.get(key) ?? []), needle]);
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
  for (let at = 0; at <= last; at += 1) {
    const found = byKey.get(keyAt(text, at))?.find((needle) => text.startsWith(needle, at));
    if (found === undefined) continue;
    // A needle that begins inside of another one and ends behind it is masked to its end.
    if (at > hiddenTo) shown += text.slice(shownTo, at) + maskText;
    hiddenTo = Math.max(hiddenTo, at + found.length);
    shownTo = hiddenTo;
  }
  return shownTo === 0 ? text : shown + text.slice(shownTo);
}

function keyAt(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);
}
