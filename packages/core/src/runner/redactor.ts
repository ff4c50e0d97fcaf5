/** Takes secret text out of what a pod tells. */
export interface Redactor {
  /** Hides these values from now on. */
  hide(values: Iterable<string>): void;
  /** Hides these texts as they are, short ones too: what a user has called a secret. */
  hideWhole(texts: Iterable<string>): void;
  text(text: string): string;
  bytes(line: Uint8Array): Uint8Array;
}

const mask = '***';
/** Shorter values are likely to stand in a log by chance. */
const shortestSecret = 8;
/** A text of the user's own that is shorter would take whole logs apart. */
const shortestText = 4;

/**
 * Makes a redactor for the values that go to a pod as secret environment. The executor prints the URL of its context when fetching it fails,
 * the part that grants access included; of a URL only that part is hidden: user and password, and what stands behind the `?`.
 */
export function createRedactor(): Redactor {
  let needles: readonly string[] = [];
  let needleBytes: readonly Buffer[] = [];
  const add = (parts: readonly string[]): void => {
    // The longest first: a part of it may be a secret as well.
    needles = [...new Set([...needles, ...parts])].toSorted((left, right) => right.length - left.length);
    needleBytes = needles.map((needle) => Buffer.from(needle));
  };
  return {
    hide: (values) => add([...values].flatMap(secretParts).filter((part) => part.length >= shortestSecret)),
    hideWhole: (texts) => add([...texts].filter((text) => text.length >= shortestText)),
    text: (text) => needles.reduce((shown, needle) => shown.replaceAll(needle, mask), text),
    bytes(line) {
      const buffer = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
      if (!needleBytes.some((needle) => buffer.includes(needle))) return line;
      // Byte by byte: what is no UTF-8 must come out as it went in.
      const shown = needleBytes.reduce(
        (text, needle) => text.replaceAll(needle.toString('latin1'), mask),
        buffer.toString('latin1'),
      );
      return Buffer.from(shown, 'latin1');
    },
  };
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
