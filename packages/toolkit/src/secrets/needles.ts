/** Finds many texts in one pass, in time that grows with the text alone. */
export interface Needles {
  /** Masks every part of the text that belongs to a needle; the same text where there is none. */
  mask(text: string): string;
  /** Where the needle that stands across this place begins, else the place itself. */
  startAcross(text: string, place: number): number;
}

export const maskText = '***';

/** A text that is looked for, in characters of one byte. Parts of it count as well: lines are broken, and outputs cut off. */
export interface Needle {
  readonly text: string;
  /** From this length on, any part counts. */
  readonly shortestPart: number;
  /** From this length on, its beginning counts at the end of a line, and its end at the beginning of one. */
  readonly shortestRest: number;
}

/** Shorter ones are not told apart from chance. */
const shortestNeedle = 4;
/** Of a longer needle, blocks of this size are known, one behind the other: a part of twice the size holds one of them whole. */
const blockSize = 8;
export const shortestPossiblePart: number = 2 * blockSize - 1;
/** Places of one block that are remembered: what all lines of a file begin with tells none of them apart, what follows does. */
const mostPlaces = 16;

interface Index {
  /** Lengths of short needles by their first four characters. */
  readonly lengths: Map<number, number[]>;
  readonly shorts: Set<string>;
  readonly longest: number;
  readonly needles: Needle[];
  /** Places of blocks in long needles, by their eight characters: number of the needle and offset in turn. */
  readonly blocks: Map<number, number[]>;
  /** Which beginnings occur at all: most characters of a text are passed over by it. */
  readonly filter: Uint8Array;
}

/** @param given in characters of one byte; those shorter than four are left out */
export function createNeedles(given: Iterable<Needle>): Needles {
  const index = createIndex(given);
  if (index.shorts.size === 0 && index.needles.length === 0)
    return { mask: (text) => text, startAcross: (_text, place) => place };
  return {
    mask(text) {
      let shown = '';
      let shownTo = 0;
      for (const { start, end } of rangesIn(text, index)) {
        shown += text.slice(shownTo, start) + maskText;
        shownTo = end;
      }
      return shownTo === 0 ? text : shown + text.slice(shownTo);
    },
    startAcross(text, place) {
      for (const { start, end } of rangesIn(text, index)) {
        if (start >= place) break;
        if (end > place) return start;
      }
      return place;
    },
  };
}

function createIndex(given: Iterable<Needle>): Index {
  const all = [...given].filter(({ text }) => text.length >= shortestNeedle);
  const needles = all.filter(({ text, shortestRest }) => text.length > shortestRest);
  const shorts = new Set(
    all.filter(({ text, shortestPart }) => text.length < shortestPart).map(({ text }) => text),
  );
  const lengths = new Map<number, number[]>();
  const longest = Math.max(0, ...new Set([...shorts].map(({ length }) => length)));
  const blocks = new Map<number, number[]>();
  const count = needles.reduce((sum, { text }) => sum + text.length / blockSize, shorts.size);
  const filter = new Uint8Array(2 ** Math.min(24, Math.max(16, Math.ceil(Math.log2(count * 8 + 1)))));
  const bits = filter.length - 1;
  for (const text of shorts) {
    const key = keyAt(text, 0);
    filter[mixed(key) & bits] = 1;
    const known = lengths.get(key);
    if (known === undefined) lengths.set(key, [text.length]);
    else if (!known.includes(text.length)) known.push(text.length);
  }
  for (const [number, { text }] of needles.entries()) {
    const last = text.length - blockSize;
    // The last block reaches to the end, so that a needle that overlaps another is seen to its end.
    for (let at = 0; at < last + blockSize; at += blockSize) {
      const offset = Math.min(at, last);
      const first = keyAt(text, offset);
      const block = blockOf(first, keyAt(text, offset + 4));
      filter[mixed(first) & bits] = 1;
      const places = blocks.get(block);
      if (places === undefined) blocks.set(block, [number, offset]);
      else if (places.length < 2 * mostPlaces) places.push(number, offset);
    }
  }
  return { lengths, shorts, longest, needles, blocks, filter };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The parts to hide, in their order, none touching another. */
function* rangesIn(text: string, index: Index): Generator<Range> {
  const { filter, longest } = index;
  const bits = filter.length - 1;
  const lookBack = Math.max(longest, blockSize) - 1;
  let open: Range | undefined;
  let key = keyAt(text, 0);
  const last = text.length - shortestNeedle;
  for (let at = 0; at <= last; at += 1) {
    if (at > 0) key = (key << 8) | text.charCodeAt(at + 3);
    if (filter[mixed(key) & bits] === 0) continue;
    const found = rangeAt(text, at, key, open?.end ?? 0, index);
    if (found === undefined) continue;
    if (open !== undefined && found.start <= open.end) {
      open = { start: open.start, end: Math.max(open.end, found.end) };
    } else {
      if (open !== undefined) yield open;
      open = found;
    }
    // What is inside of a hidden part is not looked at again, but for what may reach beyond it.
    const next = open.end - lookBack - 1;
    if (next > at) {
      at = next;
      key = keyAt(text, at);
    }
  }
  if (open !== undefined) yield open;
}

/** @param hiddenTo what is in front of it is hidden anyway */
function rangeAt(
  text: string,
  at: number,
  key: number,
  hiddenTo: number,
  { lengths, shorts, needles, blocks }: Index,
): Range | undefined {
  let range: Range | undefined;
  for (const length of lengths.get(key) ?? []) {
    if (at + length > (range?.end ?? 0) && shorts.has(text.slice(at, at + length)))
      range = { start: at, end: at + length };
  }
  if (at + blockSize > text.length) return range;
  const places = blocks.get(blockOf(key, keyAt(text, at + 4))) ?? [];
  for (let place = 0; place < places.length; place += 2) {
    const needle = needles[places[place]!]!;
    const part = partAround(text, at, needle.text, places[place + 1]!, hiddenTo);
    if (part.end - at < blockSize || !countsAsSecret(text, part, needle, hiddenTo)) continue;
    range = {
      start: Math.min(range?.start ?? at, part.start),
      end: Math.max(range?.end ?? 0, part.end),
    };
  }
  return range;
}

/** A word that is not of a language, nor the name of a host: what makes a part of a secret one. */
const random = /[A-Za-z0-9+]{12}/;
/** The same for short parts, which are at the end of a line or at its beginning. */
const randomRest = /[A-Za-z][A-Za-z0-9+]{0,30}\d|\d[A-Za-z0-9+]{0,30}[A-Za-z]/;

function countsAsSecret(text: string, { start, end }: Range, needle: Needle, hiddenTo: number): boolean {
  const length = end - start;
  if (length === needle.text.length || start < hiddenTo) return true;
  const part = text.slice(start, end);
  if (length >= needle.shortestPart) return random.test(part);
  if (length < needle.shortestRest) return false;
  const isRest =
    (isBorder(text, start - 1) && needle.text.endsWith(part)) ||
    (isBorder(text, end) && needle.text.startsWith(part));
  return isRest && (needle.shortestRest === blockSize || randomRest.test(part));
}

/** True for the place of a line's end, and outside of the text. */
function isBorder(text: string, at: number): boolean {
  const character = text[at];
  return character === undefined || character === '\n' || character === '\r';
}

/** How far text and needle are the same around a place where they may be. */
function partAround(text: string, at: number, needle: string, offset: number, hiddenTo: number): Range {
  let end = at;
  while (
    end < text.length &&
    end - at + offset < needle.length &&
    text.charCodeAt(end) === needle.charCodeAt(end - at + offset)
  )
    end += 1;
  let start = at;
  while (
    start >= hiddenTo &&
    start > 0 &&
    start - at + offset > 0 &&
    text.charCodeAt(start - 1) === needle.charCodeAt(start - 1 - at + offset)
  )
    start -= 1;
  return { start, end };
}

function keyAt(text: string, at: number): number {
  let key = 0;
  for (let offset = 0; offset < 4; offset += 1) key = (key << 8) | text.charCodeAt(at + offset);
  return key;
}

function mixed(key: number): number {
  const product = Math.imul(key, 0x9e37_79b1);
  return product ^ (product >>> 15);
}

function blockOf(first: number, second: number): number {
  return Math.imul(first, 0x85eb_ca6b) ^ Math.imul(second, 0xc2b2_ae35);
}
