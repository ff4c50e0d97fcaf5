import { describe, expect, test } from 'vitest';
import { readYaml, readYamlDocuments, writeYaml, YamlError } from './index.ts';

describe('values are read as kubectl reads them', () => {
  test.each<readonly [string, unknown]>([
    ['0400', 256],
    ['0o400', 256],
    ['-0755', -493],
    ['0', 0],
    ['08', 8],
    ['0x1F', 31],
    ['0b101', 5],
    ['1_000', 1000],
    ['+12', 12],
    ['1e3', 1000],
    ['1.50', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['18446744073709551615', 2 ** 64],
    ['y', true],
    ['Yes', true],
    ['ON', true],
    ['n', false],
    ['off', false],
    ['yEs', 'yEs'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['12:30:00', '12:30:00'],
    ['190:20:30.15', '190:20:30.15'],
    ['2024-01-01', '2024-01-01'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['1.2.3', '1.2.3'],
    ['0x', '0x'],
    ['"0400"', '0400'],
    ["'yes'", 'yes'],
    ['!!str 0400', '0400'],
    ['!!int "0400"', 256],
    ['!!float 1', 1],
    ['!!bool "on"', true],
    ['!!binary aGVsbG8=', 'hello'],
    ['!custom 5', '5'],
    ['500m', '500m'],
    ['1Gi', '1Gi'],
    ['|\n  0400\n', '0400\n'],
  ])('%j', async (text, value) => {
    expect(await readYaml(`a: ${text}`)).toEqual({ a: value });
  });
});

test('keys, merges, anchors, later duplicates', async () => {
  expect(await readYaml('{on: 1, 0400: 2, 1.5: 3, "a": 4, a: 5}')).toEqual({ true: 1, 256: 2, 1.5: 3, a: 5 });
  const text =
    'b: &b {x: 1, w: 2}\nc: &c {x: 3, z: 4}\nd: {<<: *b, x: 5}\ne: {<<: [*b, *c]}\nf: {x: 6, <<: *b}\ng: {"<<": 7}';
  expect(await readYaml(text)).toMatchObject({
    d: { x: 5, w: 2 },
    e: { x: 1, w: 2, z: 4 },
    f: { x: 1, w: 2 },
    g: { '<<': 7 },
  });
  expect(await readYaml('{"__proto__": {"a": 1}}')).toEqual(JSON.parse('{"__proto__": {"a": 1}}'));
});

test('documents', async () => {
  expect(await readYaml('\uFEFF---\na: 1\n---\nb: 2\n')).toEqual({ a: 1 });
  expect(await readYamlDocuments('---\n# only a comment\n---\na: 1\n---\n---\nb: 2\n...\n')).toEqual([
    { a: 1 },
    { b: 2 },
  ]);
  expect(await readYaml('')).toBeNull();
  expect(await readYamlDocuments('# nothing\n')).toEqual([]);
  expect(await readYamlDocuments('{"a":\t1}')).toEqual([{ a: 1 }]);
});

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    'bcdefgh'.split('').map((name, at) => {
      const before = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]${at < 0 ? '' : ''}`;
    }),
  )
  .join('\n');

test.each([
  ['a: [1', 1],
  ['a: 1\nb: "se-cret\n', 2],
  ['a:\n\t- se-cret', 2],
  ['a: *nobody', 1],
  ['a: &a [*a]', 1],
  ['a: 1\n? [se-cret]\n: 1', 2],
  ['a: .inf', 1],
  ['a: !!int se-cret', 1],
  ['<<: 5', 1],
  ['a: 1\n# se-cret \u0000', 2],
  ['{"a": "se-cret \u007f"}', 1],
  [bomb, undefined],
  ['['.repeat(100_000), undefined],
])('what is no value is refused, without its text: %.20j', async (text, line) => {
  const error: unknown = await readYaml(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(YamlError);
  if (line !== undefined && line > 0) expect((error as YamlError).line).toBeGreaterThanOrEqual(1);
  expect(String(error)).not.toContain('se-cret');
});

test('what is written reads back the same, in YAML 1.1, too', async () => {
  const texts = [
    'yes',
    'on',
    'n',
    '0400',
    '0o17',
    '1e3',
    '12:30:00',
    '2024-01-01',
    '~',
    '',
    'null',
    '<<',
    '=',
    '1_0',
    '.5',
    '+1',
    '0x1F',
    '-',
    'a: b',
    '#',
    ' a',
    '.inf',
    '08',
    'ok',
    '1.2.3',
    '190:20:30.15',
    '0b1',
    '\u0007',
    'a\nb',
    '1_000.5',
    '1:2',
  ];
  const value = {
    texts,
    keys: Object.fromEntries(texts.map((text) => [text, 1])),
    numbers: [1, 0.5, 1e21, -0.1],
  };
  const written = await writeYaml(value);
  expect(await readYaml(written)).toEqual(value);
  const { parse } = await import('yaml');
  expect(parse(written)).toEqual(value);
  expect(parse(written, { version: '1.1' })).toEqual(value);
  expect(written).toContain('- ok\n');
});

test('characters that a terminal obeys or nobody sees are written as escapes, and read back the same', async () => {
  const hostile =
    'a\u001b]52;c;x\u0007\u009b31m\u009d\u0085\u007f\u202e\u2028\u00ad\u200b\ufeff\u3164\u{e0041}\u{e0101} yes\u{1f469}\u200d\u{1f467}';
  const value = {
    [hostile]: [
      hostile,
      `${hostile}\n${hostile}\n`,
      `${'long words '.repeat(20)}${hostile}`,
      '\u200b',
      '\u0085',
    ],
    nested: { [`\u009b${hostile}`]: { [hostile]: 'ok' } },
  };
  const written = await writeYaml(value);
  expect(written).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\p{Default_Ignorable_Code_Point}]/u,
  );
  expect(await readYaml(written)).toEqual(value);
  const { parse } = await import('yaml');
  expect(parse(written)).toEqual(value);
  expect(parse(written, { version: '1.1' })).toEqual(value);
  expect(await readYaml(await writeYaml(['half \ud800']))).toEqual(['half \ufffd']);
  expect(await writeYaml({ name: 'Grüße 你好 🎉' })).toBe('name: Grüße 你好 🎉\n');
});
