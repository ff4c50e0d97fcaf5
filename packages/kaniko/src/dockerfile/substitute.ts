import {
  parseShellPattern,
  prefixLength,
  replacePattern,
  type ShellPattern,
  suffixLength,
} from './shell-pattern.ts';

/** Values of variables by name. */
export type Variables = ReadonlyMap<string, string>;

/** Where a word takes its variables from. */
export type VariableScope = Pick<Variables, 'get'>;

/** More than any variable or label holds: lines that double a variable would fill the memory. */
const mostCharacters = 1024 * 1024;
/** Deepest `${a:-${b:-…}}`. */
const mostNested = 200;
/** How often a character of a value is compared with one of a pattern. */
const mostComparisons = 16 * 1024 * 1024;

/** Thrown for a word that the executor refuses to substitute; holds the reason. */
export class SubstitutionError extends Error {
  override readonly name = 'SubstitutionError';
}

/**
 * Replaces variables and removes quotes in a word, as the executor does in `FROM` and global `ARG`:
 * `$x`, `${x}`, `${x:-y}`, `${x-y}`, `${x:+y}`, `${x+y}`, `${x:?y}`, `${x?y}`, `${x#y}`, `${x%y}`, `${x/y/z}`. An unset variable is empty.
 *
 * @throws SubstitutionError
 */
export function substitute(word: string, variables: VariableScope): string {
  return readUntil({ text: word, position: 0, depth: 0, variables }, undefined);
}

interface Cursor {
  readonly text: string;
  position: number;
  depth: number;
  readonly variables: VariableScope;
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
  cursor.depth += 1;
  if (cursor.depth > mostNested)
    throw new SubstitutionError(`variables are nested more than ${mostNested} deep`);
  const value = readBraced(cursor);
  cursor.depth -= 1;
  return value;
}

function readBraced(cursor: Cursor): string {
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

const variableName = /\d+|[\p{L}_][\p{L}\p{Nd}_]*|[@*#?\-$!]/uy;

function readName(cursor: Cursor): string {
  variableName.lastIndex = cursor.position;
  const name = variableName.exec(cursor.text)?.[0] ?? '';
  cursor.position += name.length;
  return name;
}

function replaced(cursor: Cursor, value: string): string {
  const isGlobal = peek(cursor) === '/';
  if (isGlobal) take(cursor);
  const pattern = parseShellPattern(readUntil(cursor, '/', true));
  const by = readUntil(cursor, '}', true);
  const parts = replacePattern(pattern, comparable(value, pattern), { by, isGlobal });
  checkLength(parts.reduce((sum, { length }) => sum + length, 0));
  return parts.join('');
}

/** `#` cuts the shortest match off the front, `##` the longest; `%` and `%%` the same at the end. */
function trimmed(value: string, operator: '#' | '%', word: string): string {
  const isGreedy = word.startsWith(operator);
  const pattern = parseShellPattern(isGreedy ? word.slice(1) : word);
  const characters = comparable(value, pattern);
  if (operator === '#') return characters.slice(prefixLength(pattern, characters, isGreedy) ?? 0).join('');
  const length = suffixLength(pattern, characters, isGreedy) ?? 0;
  return characters.slice(0, characters.length - length).join('');
}

function comparable(value: string, pattern: ShellPattern): string[] {
  if (value.length * pattern.length > mostComparisons)
    throw new SubstitutionError(
      `a pattern of ${pattern.length} characters is too long for a value of ${value.length}`,
    );
  return Array.from(value);
}

function checkLength(length: number): void {
  if (length > mostCharacters) throw new SubstitutionError('its value has more than a million characters');
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
