import { expect, test } from 'vitest';
import { YamlError, yamlText } from './index.ts';

const text = 'a: é\n';
const little = Buffer.from(`\ufeff${text}`, 'utf16le');

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE', little],
  ['UTF-16BE', Buffer.from(little).swap16()],
])('%s', (_encoding, bytes) => {
  expect(yamlText(bytes)).toBe(text);
});

test.each([
  ['half a character', Buffer.from([0xc3]), 'UTF-8'],
  ['half a surrogate pair', Buffer.from([0xff, 0xfe, 0x00, 0xd8]), 'UTF-16'],
])('%s is no text', (_what, bytes, encoding) => {
  expect(() => yamlText(bytes)).toThrow(new YamlError(`it is not text in ${encoding}`));
});
