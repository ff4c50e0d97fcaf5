import { hideByForm } from './hide-by-form.ts';
import { hideInHex } from './hex-runs.ts';
import { createNeedles, maskText, type Needle, type Needles, shortestPossiblePart } from './needles.ts';
import { base64Spellings, plainSpellings } from './spellings.ts';

/** Takes secret text out of what a build, a server or a file tells. */
export interface Redactor {
  /**
   * Hides these values from now on, in every spelling. Of a URL only what grants access is hidden: user and password, and what stands behind the
   * `?`. Values of fewer than eight characters stay: they stand in logs by chance.
   */
  hide(values: Iterable<string>): void;
  /** Hides these texts as they are, those of four characters, too: what a user has called a secret. */
  hideWhole(texts: Iterable<string>): void;
  text(text: string): string;
  /** The same object where there is nothing to hide. */
  bytes(line: Uint8Array): Uint8Array;
  /** Where a log may be cut at or before this place, so that no secret that is known stands in both pieces. */
  cutBefore(line: Uint8Array, place: number): number;
}

/** Shorter values are likely to stand in a log by chance. */
const shortestSecret = 8;
/** A text of the user's own that is shorter would take whole logs apart. */
const shortestText = 4;

/** Parts of a secret that are hidden, too: half a line of a key, a token that a terminal has broken. */
const partsOfPlain = { shortestPart: 31, shortestRest: 12 };
/** In base64 a word of a language is not found by chance. */
const partsOfBase64 = { shortestPart: shortestPossiblePart, shortestRest: 8 };

/** Makes a redactor, which also hides by their form credentials that it was not told. */
export function createRedactor(): Redactor {
  const known = new Map<string, Needle>();
  let needles: Needles = createNeedles([]);
  // In the bytes of UTF-8, one character each: what is no UTF-8 must come out as it went in.
  const learn = (spelt: string, parts: Omit<Needle, 'text'>): void => {
    const text = bytesOf(spelt);
    if ((known.get(text)?.shortestPart ?? Infinity) > parts.shortestPart) known.set(text, { text, ...parts });
  };
  const add = (values: readonly string[]): void => {
    const lines = new Set(values.flatMap((value) => (value.includes('\n') ? linesOf(value) : [])));
    const before = known.size;
    for (const value of new Set(values)) {
      // A long line is a part of the whole.
      if (lines.has(value) && value.length >= partsOfPlain.shortestPart) continue;
      for (const text of plainSpellings(value)) learn(text, partsOfPlain);
      for (const text of base64Spellings(value)) learn(text, partsOfBase64);
    }
    if (known.size > before) needles = createNeedles(known.values());
  };
  const isSecret = (bytes: string): boolean => needles.mask(bytes) !== bytes;
  const inBytes = (text: string): string => {
    const shown = needles.mask(text);
    return hideByForm(known.size === 0 ? shown : hideInHex(shown, isSecret, maskText));
  };
  return {
    hide: (values) => add([...values].flatMap(secretParts).filter((part) => part.length >= shortestSecret)),
    hideWhole: (texts) => add([...texts].filter((text) => text.length >= shortestText)),
    text(text) {
      const bytes = bytesOf(text);
      const shown = inBytes(bytes);
      return shown === bytes ? text : Buffer.from(shown, 'latin1').toString('utf8');
    },
    bytes(line) {
      const text = charactersOf(line);
      const shown = inBytes(text);
      return shown === text ? line : Buffer.from(shown, 'latin1');
    },
    cutBefore: (line, place) => needles.startAcross(charactersOf(line), place),
  };
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function charactersOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function linesOf(value: string): readonly string[] {
  return value.split('\n').map((line) => line.trim());
}

function secretParts(value: string): readonly string[] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return [value];
  const url = new URL(value);
  const [, user = ''] = /^[^/]*\/\/([^/?#]*)@/.exec(value) ?? [];
  const query = value.includes('?') ? value.slice(value.indexOf('?') + 1) : '';
  // Parts of a signed query are of use on their own, and may be told on their own.
  const signatures = [...url.searchParams].filter(([name]) => /sig|token|credential|key/i.test(name));
  const parts = [user, safeDecode(url.password), query, ...signatures.map(([, text]) => text)];
  return parts.filter((part) => part !== '');
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
