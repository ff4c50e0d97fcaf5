import { isUtf8 } from 'node:buffer';

// File names and ignore files are bytes, not text. A byte that is not part of valid UTF-8 becomes a lone surrogate
// U+DC00 + byte, so that strings stay comparable byte by byte and can be turned back (Python calls this surrogateescape).
const escapeBase = 0xdc00;
const longestSequence = 4;

export const byteOrderMark = '\uFEFF';

/** Bytes to a string that `encodeBytes` turns back without loss. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let text = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    text +=
      length === 0 ? String.fromCharCode(escapeBase + buffer[at]!) : buffer.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** The bytes that a string of `decodeBytes` stands for. */
export function encodeBytes(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isEscape = character.length === 1 && code >= escapeBase && code <= escapeBase + 0xff;
    parts.push(isEscape ? Buffer.of(code - escapeBase) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** One character per byte, to compare as Go compares strings. */
export function toLatin1(text: string): string {
  return encodeBytes(text).toString('latin1');
}

/** What Go's regexp and rune loops see: U+FFFD for every byte that is not UTF-8. */
export function toRunes(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

function sequenceLength(buffer: Buffer, at: number): number {
  for (let length = 1; length <= longestSequence && at + length <= buffer.length; length += 1) {
    if (isUtf8(buffer.subarray(at, at + length))) return length;
  }
  return 0;
}
