import { expect, it } from 'vitest';

import { childText, parseXml, renderXml } from './xml.ts';

it('reads what it writes', () => {
  const key = 'a & <b> "c" \u0001 ü \u{1f600}';
  const document = parseXml(renderXml('Delete', [['Object', [['Key', key]]]]));
  expect(document?.name).toBe('Delete');
  expect(childText(document!.children[0]!, 'Key')).toBe(key);
});

it.each([
  ['<a><b>x</b></a>', 'x'],
  ['<?xml version="1.0"?>\n<!-- hi -->\n<s3:a xmlns:s3="x"><s3:b>x</s3:b></s3:a>\n', 'x'],
  ['<a><b><![CDATA[<&>]]></b></a>', '<&>'],
  ['<a><b>&lt;&#65;&#x42;&unknown;</b></a>', '<AB&unknown;'],
  ['<a><b/></a>', ''],
])('reads %s', (text, expected) => {
  expect(childText(parseXml(text)!, 'b')).toBe(expected);
});

it.each([
  '',
  'text',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<a><',
  '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  '<a>'.repeat(20) + '</a>'.repeat(20),
])('refuses %s', (text) => {
  expect(parseXml(text)).toBeUndefined();
});
