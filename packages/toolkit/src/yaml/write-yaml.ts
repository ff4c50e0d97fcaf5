import { readPlain } from './plain-scalar.ts';

/** Writes a value so that YAML 1.1 and 1.2 read the same back: text that either would take for something else is quoted. */
export async function writeYaml(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string') return;
      if (readPlain(node.value) !== node.value || looksElse.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Text to Go, but to other readers of YAML 1.1 a merge, a default, a date, or a number of base 60. */
const looksElse = /^(?:<<|=|\d{4}-\d{1,2}-\d{1,2}.*|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|[-+]?[\d_.]+)$/;
