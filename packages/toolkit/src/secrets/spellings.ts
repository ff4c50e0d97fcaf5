/** Shorter values in base64 are found inside of words by chance. */
const shortestInBase64 = 8;
/** Of longer values each spelling takes memory, and parts of the common ones are found anyway. */
const longestForRareSpellings = 4_096;

/** Characters that `encodeURIComponent` leaves as they are and other encoders do not. */
const leftByUriEncoding = /[!'()*~]/g;

/**
 * The spellings in which programs print a value: as it is; as a text in JSON (by JavaScript and by Go, also a JSON text within another), and in a URL
 * (path, query and form).
 */
export function plainSpellings(value: string): readonly string[] {
  const plain = [value, ...urlSpellings(value)];
  return [...new Set(plain.flatMap(jsonTwice))].filter((text) => text !== '');
}

/**
 * A value in base64, alone or as a part of a longer text (`user:password`): it begins at one of three places there, and what stands beside it
 * changes the characters at both ends.
 */
export function base64Spellings(value: string): readonly string[] {
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
  const spelt = [...inside, ...inside.map(urlAlphabet)];
  const rare =
    value.length > longestForRareSpellings
      ? []
      : [...inside.map(encodeURIComponent), ...inside.flatMap(jsonTwice)];
  return [...new Set([...spelt, ...rare])];
}

function jsonTwice(text: string): readonly string[] {
  const once = [text, ...jsonSpellings(text)];
  return text.length > longestForRareSpellings
    ? once
    : [...once, ...[...new Set(once)].flatMap(jsonSpellings)];
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
