import { hideByForm } from './hide-by-form.ts';
import { createNeedles, type Needles } from './needles.ts';
import { base64Parts, spellingsOf } from './spellings.ts';

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
}

/** Shorter values are likely to stand in a log by chance. */
const shortestSecret = 8;
/** A text of the user's own that is shorter would take whole logs apart. */
const shortestText = 4;

/** Secrets beyond this are told in base64 by their whole text only: a list without a bound would fill the memory. */
const mostParts = 250_000;

/** Makes a redactor, which also hides by their form credentials that it was not told. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let needles: Needles = createNeedles([]);
  const add = (values: readonly string[]): void => {
    const before = known.size;
    // In the bytes of UTF-8, one character each: what is no UTF-8 must come out as it went in.
    for (const value of values) {
      for (const text of spellingsOf(value)) known.add(bytesOf(text));
      if (known.size + value.length <= mostParts) for (const part of base64Parts(value)) known.add(part);
    }
    if (known.size > before) needles = createNeedles(known);
  };
  const inBytes = (text: string): string => hideByForm(needles.mask(text));
  return {
    hide: (values) => add([...values].flatMap(secretParts).filter((part) => part.length >= shortestSecret)),
    hideWhole: (texts) => add([...texts].filter((text) => text.length >= shortestText)),
    text(text) {
      const bytes = bytesOf(text);
      const shown = inBytes(bytes);
      return shown === bytes ? text : Buffer.from(shown, 'latin1').toString('utf8');
    },
    bytes(line) {
      const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('latin1');
      const shown = inBytes(text);
      return shown === text ? line : Buffer.from(shown, 'latin1');
    },
  };
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
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
