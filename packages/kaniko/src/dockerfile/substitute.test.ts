import { expect, it } from 'vitest';
import { substitute } from './substitute.ts';

const variables = new Map([
  ['a', 'alpine'],
  ['e', ''],
  ['path', 'x/y/z.tar.gz'],
]);

it.each([
  ['$a', 'alpine'],
  ['${a}:3', 'alpine:3'],
  ['$a$a', 'alpinealpine'],
  ['$missing', ''],
  ['$', '$'],
  ['a$', 'a$'],
  ['\\$a', '$a'],
  ["'$a'", '$a'],
  ['"$a"', 'alpine'],
  ['"\\$a"', '$a'],
  ['"a\\b"', 'a\\b'],
  ['a\\b', 'ab'],
  ['${a:-b}', 'alpine'],
  ['${e:-b}', 'b'],
  ['${e-b}', ''],
  ['${missing-b}', 'b'],
  ['${missing:-${a}:${b:-1}}', 'alpine:1'],
  ['${a:+b}', 'b'],
  ['${e:+b}', ''],
  ['${e+b}', 'b'],
  ['${a?no}', 'alpine'],
  ['${path#*/}', 'y/z.tar.gz'],
  ['${path##*/}', 'z.tar.gz'],
  ['${path%.*}', 'x/y/z.tar'],
  ['${path%%.*}', 'x/y/z'],
  ['${path/y/Y}', 'x/Y/z.tar.gz'],
  ['${path//./_}', 'x/y/z_tar_gz'],
  ['${path/?\\/y/q}', 'q/z.tar.gz'],
  ['$1', ''],
  ['${a', undefined],
  ['${}', undefined],
  ['${a^}', undefined],
  ['${missing:?why}', undefined],
  ["'a", undefined],
  ['"a', undefined],
])('%s becomes %s', (word, expected) => {
  if (expected === undefined) expect(() => substitute(word, variables)).toThrow(/\w/);
  else expect(substitute(word, variables)).toBe(expected);
});
