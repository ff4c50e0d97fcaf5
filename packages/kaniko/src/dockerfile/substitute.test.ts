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
  ['${path//*/x}', 'x'],
  ['${path//?/-}', '------------'],
  ['${path/#/-}', 'x/y/z.tar.gz'],
  ['${path//\\//}', 'xyz.tar.gz'],
  ['${path%%*}', ''],
  ['${path%*}', 'x/y/z.tar.gz'],
  ['${path#?}', '/y/z.tar.gz'],
  ['${path%z*.*z}', 'x/y/'],
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

it('refuses a value that grows past any use, deep nesting, and patterns that take for ever', () => {
  const long = new Map([['long', 'a'.repeat(1_000_000)]]);
  for (const word of [
    '$long$long',
    '"$long$long"',
    '${missing:-$long$long}',
    '${long//a/aa}',
    "$long'$long'$long",
  ])
    expect(() => substitute(word, long)).toThrow('its value has more than a million characters');
  expect(() => substitute('${a:+'.repeat(5000), variables)).toThrow('nested more than 200 deep');
  expect(() => substitute(`\${long#${'*a'.repeat(20)}b}`, long)).toThrow(
    'a pattern of 41 characters is too long for a value of 1000000',
  );
  const some = new Map([['some', 'a'.repeat(100_000)]]);
  for (const trouble of ['#*a*a*a*b', '##*a*a*a*b', '%b*a*a*a*', '%%b*a*a*a*', '/*a*a*a*b/', '//*a*a*a*b/'])
    expect(substitute(`\${some${trouble}}`, some)).toHaveLength(100_000);
});
