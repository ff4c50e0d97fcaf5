import { stripEnd } from './strip-end.ts';
import { unseen } from './unseen.ts';

/** Control sequences of terminals: OSC/DCS/APC/PM/SOS strings, CSI sequences, and two-character escapes, in their 7 and 8 bit forms. */
const sequences = new RegExp(
  [
    // Strings end with BEL or ST. An unterminated one loses only its introducer (below), not the rest of the line.
    // Alternatives must not nest, or a line of introducers alone would take quadratic time.
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '\\u001b[ -/]*[0-~]',
  ].join('|'),
  'g',
);

/** The zero-width joiner and the first selectors stay, since emoji need them. */
const deceptive = new RegExp(`(?![\\u200d\\ufe00-\\ufe0f])[${unseen}]`, 'gu');
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u{e0000}-\u{e007f}]/gu;
const suspicious = /[^\u0020-\u007e]/;

/**
 * One line of untrusted text (a name, a message, an instruction) as it may be shown: no control sequence or character but tab, bidi and invisible
 * characters spelled out as `<U+202E>`. Nothing of it is left out, so that a carriage return can't hide what is in front of it.
 */
export function printable(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(sequences, '')
    .replace(controls, '')
    .replace(deceptive, (character) => `<U+${hex(character)}>`)
    .toWellFormed();
}

/** Untrusted text of several lines, as one that may be shown. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\r\n|[\r\n]/g, ' '));
}

/** A line that a program printed, as it may be shown: if the program redrew it with carriage returns, its last state. */
export function printableOutput(line: string): string {
  const kept = stripEnd(line, '\r\n');
  return printable(kept.slice(kept.lastIndexOf('\r') + 1));
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
