/** Shorter values in base64 are found inside of words by chance. */
const shortestInBase64 = 8;

/** Characters that `encodeURIComponent` leaves as they are and other encoders do not. */
const leftByUriEncoding = /[!'()*~]/g;

/**
 * The spellings in which programs print a value: as it is; as a text in JSON (by JavaScript and by Go, also a JSON text within another), in a URL
 * (path, query and form), and in base64, alone or as a part of a longer text (`user:password`).
 */
export function spellingsOf(value: string): readonly string[] {
  const plain = [value, ...urlSpellings(value), ...base64Spellings(value)];
  const once = plain.flatMap(jsonSpellings);
  return [...new Set([...plain, ...once, ...once.flatMap(jsonSpellings)])].filter((text) => text !== '');
}

function jsonSpellings(text: string): readonly string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  const byGo = inJson.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  return [inJson, byGo, inJson.replaceAll('/', String.raw`\/`)];
}

function urlSpellings(value: string): readonly string[] {
  const inPath = encodeURIComponent(value.toWellFormed());
  const strict = inPath.replace(leftByUriEncoding, percent);
  const inForm = strict.replaceAll('%20', '+');
  const encoded = [inPath, strict, inForm];
  return [...encoded, ...encoded.map(lowerCaseEscapes), strict.replaceAll('%', '%25')];
}

/** The base64 of a text that holds the value begins at one of three places; what stands beside it changes the characters at both ends. */
function base64Spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < shortestInBase64) return [];
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const first = Math.ceil((offset * 4) / 3);
    const isOpenEnded = (offset + bytes.length) % 3 !== 0;
    return text.slice(first, isOpenEnded ? -1 : undefined);
  });
  return [...inside, ...inside.map(urlAlphabet)];
}

/** Two groups of four characters: fewer are found in words by chance. */
const partBytes = 6;

/**
 * The base64 of every six bytes of a value: however long lines of base64 are broken (`base64` does it after 76 characters, PEM after 64), and whatever
 * stands in front of the value, each of them holds only whole groups of three bytes.
 */
export function base64Parts(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < shortestInBase64) return [];
  const parts = new Set<string>();
  for (let at = 0; at + partBytes <= bytes.length; at += 1) {
    const part = bytes.subarray(at, at + partBytes);
    // Padding looks the same in everybody's base64.
    if (part.every((byte) => byte === part[0])) continue;
    const text = part.toString('base64');
    parts.add(text).add(urlAlphabet(text)).add(encodeURIComponent(text));
  }
  return [...parts];
}

function urlAlphabet(text: string): string {
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

function lowerCaseEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
