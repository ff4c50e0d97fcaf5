import stringWidth from 'string-width';

const ascii = /^[\u0020-\u007e]*$/;
const segmenter = new Intl.Segmenter();

/** Columns of printable text without colours. */
export function widthOf(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** Printable text in exactly `width` columns: cut at the end with `…`, or padded. Tabs become spaces. */
export function fit(text: string, width: number): string {
  return pad(cut(text, width), width);
}

/** At most `width` columns; what is too long ends with `…`. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  // A column takes few code units; the rest of a giant line is never looked at.
  const head = (text.length > width * 8 ? text.slice(0, width * 8) : text).replaceAll('\t', '    ');
  if (ascii.test(head)) return head.length <= width ? head : `${head.slice(0, width - 1)}…`;
  if (head.length === text.length && stringWidth(head) <= width) return head;
  return `${prefixOf(segments(head), width - 1)}…`;
}

/** At most `width` columns; what is too long loses its middle: both ends of a name tell it apart. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return cut(text, width);
  const tailWidth = Math.floor((width - 1) / 2);
  const parts = segments(text);
  const tail = prefixOf(parts.toReversed(), tailWidth);
  const tailCount = segments(tail).length;
  const head = prefixOf(parts, width - 1 - widthOf(tail));
  return `${head}…${tailCount === 0 ? '' : parts.slice(-tailCount).join('')}`;
}

/** Text, and text at the right edge, in exactly `width` columns. The right one stays longest. */
export function leftRight(left: string, right: string, width: number): string {
  const end = cut(right, width);
  const room = width - widthOf(end) - 1;
  return room <= 0 ? pad(end, width) : `${fit(left, room)} ${end}`;
}

/** A part of a line, and how much it matters. */
export interface Part {
  readonly text: string;
  readonly weight: number;
}

/** The parts in their order, two spaces apart, in at most `width` columns: the lightest ones leave first, whole. */
export function joinFitting(parts: readonly Part[], width: number): string {
  const joined = parts.map(({ text }) => text).join('  ');
  if (parts.length <= 1 || widthOf(joined) <= width) return cut(joined, width);
  const least = Math.min(...parts.map(({ weight }) => weight));
  const leaving = parts.findLastIndex(({ weight }) => weight === least);
  return joinFitting(parts.toSpliced(leaving, 1), width);
}

/** The words of one line of printable text on lines of at most `width` columns; a word longer than that goes on in the next line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(...pieces(word, width));
  }
  return lines;
}

/** Narrower than this, columns beside a label help nobody. */
const leastTextWidth = 30;

/**
 * One line of printable text after a head, below itself where it needs more lines. In `width` columns of a terminal; undefined, for a file or a pipe,
 * breaks nothing: there one line is one fact. `headWidth`: columns of the head, which may be coloured.
 */
export function hang(
  head: string,
  headWidth: number,
  text: string,
  width: number | undefined,
): readonly string[] {
  if (width === undefined) return [`${head}${text}`.trimEnd()];
  const [first = '', ...rest] = wrap(text, Math.max(leastTextWidth, width - headWidth));
  return [`${head}${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(headWidth)}${line}`)];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** A word in pieces of at most `width` columns. */
function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const found: string[] = [];
  let rest = segments(word);
  while (rest.length > 0) {
    const piece = segments(prefixOf(rest, width));
    // What is wider than a whole line stands alone in one.
    const count = Math.max(1, piece.length);
    found.push(rest.slice(0, count).join(''));
    rest = rest.slice(count);
  }
  return found;
}

function segments(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function prefixOf(parts: readonly string[], width: number): string {
  let result = '';
  let used = 0;
  for (const part of parts) {
    used += widthOf(part);
    if (used > width) break;
    result += part;
  }
  return result;
}
