import type { SeededRandom } from '@kanikit/testing';

/** What a tree on Unix may have as names: patterns' own characters, blanks, line ends, several scripts. */
const names: readonly Buffer[] =
  String.raw`a b c aa ab abc A a.b .a ..a b.c.a a1 2 aab aXb !a #a - a-b [a] ] ^a * ** ?`
    .split(' ')
    .concat(String.raw`a\b \a \ a|b (a) a+ a$ a{2} {2} } ) a,b é ζ Ж 名 😀`.split(' '))
    .concat(['a b', ' a', 'a ', 'a\nb', 'a\rb', 'a\r', '\ta', 'e\u0301', 'a\uFEFF', '\uFEFFa', '\uFFFD'])
    .concat(['\u0085', '\u00A0', 'a\u2028'])
    .map((name) => Buffer.from(name));
/** Names that are not UTF-8: a lone byte, a cut character, a surrogate. */
const rawNames: readonly Buffer[] = ['e9', '61ff', 'c361', 'eda080', 'a9'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
const commonNames = names.slice(0, 6);

/** A name for one step of a path; a few are drawn far more often, so that patterns meet them. */
export function randomName(random: SeededRandom): Buffer {
  if (random.chance(0.5)) return random.pick(commonNames);
  return random.pick(random.chance(0.1) ? rawNames : names);
}
