import { readYaml, readYamlDocuments, writeYaml } from '@kanikit/toolkit/yaml';
import { createSeededRandom, type SeededRandom } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { startOracle } from './oracle.ts';

const words =
  'y Y yes Yes YES yEs n No off On ON true True FALSE null Null ~ << = - . .. .5 5. -.5 +.5 . 0 00 08 09.5 0400 0o400 0O17 -0400 0x1F 0X1f 0x 0b101 -0b11 0B1 1_000 1__0 _1 0_7 +12 -12 1e3 1E3 1e+3 1.5e-3 1e400 12:30 12:30:00 190:20:30.15 2024-01-01 2024-1-2 2024-01-01T00:00:00Z 500m 1Gi 1.2.3 .inf -.Inf +.INF .nan 9007199254740992 0777 0888 1e ok a:b http://a/b a#b C:\\x @a `a %a';
const scalars = [...words.split(' '), ''];
const quoted = [
  '"0400"',
  "'yes'",
  '"a\\tb\\u00e9"',
  "'it''s'",
  '!!str 0400',
  '!!int 0400',
  '!!int "7"',
  '!!float 1',
];
const tagged = [
  '!!bool on',
  '!!bool 1',
  '!!int x',
  '!!null ~',
  '!!binary aGk=',
  '!mine 5',
  '! 5',
  '!!timestamp 2024-01-01',
];

function scalar({ chance, pick }: SeededRandom): string {
  if (chance(0.7)) return pick(scalars);
  return pick(chance(0.7) ? quoted : tagged);
}

function flow(random: SeededRandom, depth: number): string {
  const { below, chance } = random;
  if (depth === 0 || chance(0.5)) return scalar(random).replace(/^-$/, 'x') || '~';
  const items = Array.from({ length: below(4) }, () => flow(random, depth - 1));
  if (chance(0.5)) return `[${items.join(', ')}]`;
  return `{${items.map((item, at) => `k${at}: ${item}`).join(', ')}}`;
}

function block(random: SeededRandom, indent: string, depth: number): string {
  const { below, chance, pick } = random;
  const lines: string[] = [];
  const anchors = ['&a', '&b', '&c'];
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const key = chance(0.8)
      ? `k${below(6)}`
      : pick(['<<', 'on', 'y', '0400', '1.5', '"q"', '~', 'a b', '? z']);
    const value = chance(0.15)
      ? pick(['*a', '*b', '[*a, *b]'])
      : chance(0.3)
        ? flow(random, 2)
        : scalar(random);
    const anchor = chance(0.15) ? `${pick(anchors)} ` : '';
    if (depth > 0 && chance(0.3)) {
      lines.push(`${indent}${key}: ${anchor.trim()}`, block(random, `${indent}  `, depth - 1));
    } else if (chance(0.1)) {
      lines.push(`${indent}${key}: ${pick(['|', '>', '|-', '>+', '|2'])}`, `${indent}  ${pick(scalars)}`, '');
    } else if (depth > 0 && chance(0.2)) {
      const items = Array.from({ length: 1 + below(3) }, () => `${indent}- ${flow(random, 1)}`);
      lines.push(`${indent}${key}:${chance(0.2) ? ' # comment' : ''}`, ...items);
    } else {
      lines.push(`${indent}${key}: ${anchor}${value}${chance(0.1) ? ' # c' : ''}`);
    }
  }
  return lines.join('\n');
}

const refused = Symbol('refused');

test('reads what kubectl reads, for thousands of documents', async () => {
  const random = createSeededRandom(20);
  await using oracle = await startOracle(AbortSignal.timeout(400_000));
  const differences: unknown[] = [];
  for (let round = 0; round < 6_000; round += 1) {
    const text = round < scalars.length ? `a: ${scalars[round]}` : `${block(random, '', 2)}\n`;
    const answer = await oracle.ask({ yaml: { text } });
    const expected = answer.error === undefined ? (answer.documents?.[0] ?? null) : refused;
    const read = await readYaml(text).catch(() => refused);
    if (!isSame(read, expected)) differences.push({ text, read, expected, error: answer.error });
  }
  expect(differences.slice(0, 3)).toEqual([]);
});

test.each([
  '',
  '# comment',
  '---\na: 1',
  '---\n---\na: 1\n---\n',
  'a: 1\n---\nb: 2\n---\n\n---\n# c\n',
  '\uFEFFa: 1',
  'a: 1\r\nb:\r\n- 0400\r\n',
  '{"a": 0400}',
  '{"a":\t1, "b": [true]}',
  'a: 1\n...\n',
  'a:\n\tb: 1',
  'a: "\\x41\\u263A"',
  '{a: 1, a: 2}',
  '[1, 2]',
  'plain',
  'a: &a [*a]',
])('documents: %j', async (text) => {
  await using oracle = await startOracle(AbortSignal.timeout(400_000));
  const answer = await oracle.ask({ yaml: { text, split: true } });
  const expected =
    answer.error === undefined ? (answer.documents ?? []).filter((document) => document !== null) : refused;
  expect(await readYamlDocuments(text).catch(() => refused)).toEqual(expected);
});

test('kubectl reads what is written', async () => {
  const value = { list: scalars, keys: Object.fromEntries(scalars.map((text, at) => [text, at])) };
  await using oracle = await startOracle(AbortSignal.timeout(400_000));
  const { documents } = await oracle.ask({ yaml: { text: await writeYaml(value) } });
  expect(documents).toEqual([value]);
});

function isSame(left: unknown, right: unknown): boolean {
  if (left === refused || right === refused) return left === right;
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
}

/** Go sorts the keys of its maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
