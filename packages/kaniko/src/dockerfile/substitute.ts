/** Values of variables by name. */
export type Variables = ReadonlyMap<string, string>;

/** Thrown for a word that the executor refuses to substitute; holds the reason. */
export class SubstitutionError extends Error {
  override readonly name = 'SubstitutionError';
}

/** More than any variable or label holds: lines that double a variable would fill the memory. */
const mostCharacters = 1_048_576;
/** Steps that a pattern with several `*` may take: with each of them the time is multiplied by the length of the value. */
const mostSteps = 100_000_000;

/**
 * Replaces variables and removes quotes in a word, as the executor does in `FROM` and global `ARG`:
 * `$x`, `${x}`, `${x:-y}`, `${x-y}`, `${x:+y}`, `${x+y}`, `${x:?y}`, `${x?y}`, `${x#y}`, `${x%y}`, `${x/y/z}`. An unset variable is empty.
 *
 * @throws SubstitutionError
 */
export function substitute(word: string, variables: Variables): string {
  return readUntil({ text: word, position: 0, variables }, undefined);
}

interface Cursor {
  readonly text: string;
  position: number;
  readonly variables: Variables;
}

function readUntil(cursor: Cursor, stop: string | undefined, isRaw: boolean = false): string {
  let result = '';
  while (cursor.position < cursor.text.length) {
    const character = take(cursor);
    if (character === stop) return result;
    if (character === '$') result += readVariable(cursor);
    else if (character === "'") result += readSingleQuoted(cursor);
    else if (character === '"') result += readDoubleQuoted(cursor);
    else if (character === '\\') result += (isRaw ? character : '') + take(cursor);
    else result += character;
    checkLength(result.length);
  }
  if (stop !== undefined) throw new SubstitutionError(`"${stop}" is missing`);
  return result;
}

function readSingleQuoted(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.position);
  if (end === -1) throw new SubstitutionError('a single quote stays open');
  const content = cursor.text.slice(cursor.position, end);
  cursor.position = end + 1;
  return content;
}

function readDoubleQuoted(cursor: Cursor): string {
  let result = '';
  while (cursor.position < cursor.text.length) {
    const character = take(cursor);
    if (character === '"') return result;
    if (character === '$') result += readVariable(cursor);
    else if (character === '\\' && /["$\\]/.test(peek(cursor))) result += take(cursor);
    else result += character;
    checkLength(result.length);
  }
  throw new SubstitutionError('a double quote stays open');
}

function readVariable(cursor: Cursor): string {
  if (peek(cursor) !== '{') {
    const name = readName(cursor);
    return name === '' ? '$' : (cursor.variables.get(name) ?? '');
  }
  take(cursor);
  const name = readName(cursor);
  const value = cursor.variables.get(name);
  if (name === '') throw new SubstitutionError('bad substitution');
  const operator = take(cursor);
  if (operator === '}') return value ?? '';
  if (operator === '/') return replaced(cursor, value ?? '');
  if (operator === '#' || operator === '%')
    return trimmed(value ?? '', operator, readUntil(cursor, '}', true));
  const isEmptyUnset = operator === ':';
  const action = isEmptyUnset ? take(cursor) : operator;
  const isSet = value !== undefined && !(isEmptyUnset && value === '');
  const word = readUntil(cursor, '}');
  if (action === '-') return isSet ? value : word;
  if (action === '+') return isSet ? word : '';
  if (action === '?') {
    if (!isSet) throw new SubstitutionError(`${name}: ${word === '' ? 'is not set' : word}`);
    return value;
  }
  throw new SubstitutionError(`unsupported modifier (${isEmptyUnset ? ':' : ''}${action}) in substitution`);
}

function readName(cursor: Cursor): string {
  const rest = cursor.text.slice(cursor.position);
  const name = /^(?:\d+|[\p{L}_][\p{L}\p{Nd}_]*|[@*#?\-$!])/u.exec(rest)?.[0] ?? '';
  cursor.position += name.length;
  return name;
}

function replaced(cursor: Cursor, value: string): string {
  const isGlobal = peek(cursor) === '/';
  if (isGlobal) take(cursor);
  const pattern = readUntil(cursor, '/', true);
  const replacement = readUntil(cursor, '}', true);
  checkSteps(value, pattern);
  let length = value.length;
  return value.replace(new RegExp(patternSource(pattern, true), isGlobal ? 'gu' : 'u'), () => {
    length += replacement.length;
    checkLength(length);
    return replacement;
  });
}

/** `#` cuts the shortest match off the front, `##` the longest; `%` and `%%` the same at the end. */
function trimmed(value: string, operator: '#' | '%', word: string): string {
  const isGreedy = word.startsWith(operator);
  const pattern = isGreedy ? word.slice(1) : word;
  checkSteps(value, pattern);
  if (operator === '#') return value.replace(new RegExp(`^${patternSource(pattern, isGreedy)}`, 'u'), '');
  const suffix = new RegExp(`^${patternSource(pattern, true)}$`, 'u');
  const starts = [...Array(value.length + 1).keys()];
  const start = (isGreedy ? starts : starts.reverse()).find((index) => suffix.test(value.slice(index)));
  return start === undefined ? value : value.slice(0, start);
}

function checkLength(length: number): void {
  if (length > mostCharacters) throw new SubstitutionError('its value has more than a million characters');
}

/** A pattern is tried from each place of the value, and each `*` in it at each place again. */
function checkSteps(value: string, pattern: string): void {
  const stars = pattern.split('*').length - 1;
  if (value.length ** (stars + 1) > mostSteps)
    throw new SubstitutionError('its value is too long for a pattern with "*"');
}

function patternSource(pattern: string, isGreedy: boolean): string {
  return pattern.replace(/\\([^])|\*|\?|[[\]{}.+()|^$/\\]/g, (match, escaped?: string) => {
    if (escaped !== undefined) return escaped.replace(/[[\]{}.+()|^$*?/\\]/, '\\$&');
    if (match === '*') return isGreedy ? '.*' : '.*?';
    return match === '?' ? '.' : `\\${match}`;
  });
}

function take(cursor: Cursor): string {
  const character = String.fromCodePoint(cursor.text.codePointAt(cursor.position) ?? 0);
  if (cursor.position >= cursor.text.length) return '';
  cursor.position += character.length;
  return character;
}

function peek(cursor: Cursor): string {
  return cursor.text[cursor.position] ?? '';
}
