/** Control, bidi and invisible characters that JSON itself leaves as they are; escaping them loses nothing. */
const unsafe =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A value as JSON in plain characters: one line, or indented by this many blanks. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, escapeUnits);
}

/** Each unit of UTF-16 on its own, as JSON has it. */
function escapeUnits(characters: string): string {
  return Array.from(
    { length: characters.length },
    (_unused, index) => `\\u${characters.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
