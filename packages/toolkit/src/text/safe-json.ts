import { unseen } from './unseen.ts';

/** Control, bidi and invisible characters that JSON and YAML leave as they are. */
const unsafe = new RegExp(`[\\u007f-\\u009f${unseen}]`, 'gu');

/** A value as JSON in plain characters: one line, or indented by this many blanks. Escaping loses nothing. */
export function safeJson(value: unknown, indent?: number): string {
  return escapeUnseen(JSON.stringify(value, undefined, indent), unitsEscaped);
}

/** A text with every character in it escaped that a terminal would obey or a reader would not see. Line ends stay. */
export function escapeUnseen(text: string, escape: (character: string) => string): string {
  return text.replace(unsafe, escape);
}

/** Each unit of UTF-16 on its own, as JSON has it. */
function unitsEscaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_unused, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
