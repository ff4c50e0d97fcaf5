import { escapeUnseen } from '../text/safe-json.ts';
import { readPlain } from './plain-scalar.ts';

/**
 * Writes a value so that YAML 1.1 and 1.2 read the same back: text that either would take for something else is quoted, and so is text with characters
 * that a terminal would obey or a reader would not see, which are escaped.
 */
export async function writeYaml(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string') return;
      // A surrogate without its other half is no character: YAML can't hold it.
      const text = node.value.toWellFormed();
      node.value = text;
      if (isElse(text)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // All of them stand in double quotes by now, where an escape means the same.
  return escapeUnseen(document.toString({ lineWidth: 0 }), escaped);
}

function isElse(text: string): boolean {
  return readPlain(text) !== text || looksElse.test(text) || escapeUnseen(text, escaped) !== text;
}

/** Whole characters, unlike JSON: to YAML half a surrogate pair is none. */
function escaped(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Text to Go, but to other readers of YAML 1.1 a merge, a default, a date, or a number of base 60. */
const looksElse = /^(?:<<|=|\d{4}-\d{1,2}-\d{1,2}.*|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|[-+]?[\d_.]+)$/;
