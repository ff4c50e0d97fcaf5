import { oneLine } from './printable.ts';

/** Letters of an error that a message of ours repeats. */
const mostLetters = 2_000;

/**
 * What was thrown, as words for a sentence that goes on after them: an error's message, else the value as a string; without the full stop, on one
 * line. Anything can be thrown, also what can't be made a string.
 */
export function errorWords(error: unknown): string {
  const words = oneLine(textOf(error).slice(0, mostLetters)).trim().replace(/\.$/, '');
  return words === '' ? 'an error without a message' : words;
}

function textOf(error: unknown): string {
  try {
    const hasMessage = typeof error === 'object' && error !== null && 'message' in error;
    const text: unknown = hasMessage ? error.message : undefined;
    return typeof text === 'string' ? text : String(error);
  } catch {
    // Its getters or its `toString` throw.
    return '';
  }
}
