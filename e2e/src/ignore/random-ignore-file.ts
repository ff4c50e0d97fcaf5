import type { SeededRandom } from '@kanikit/testing';

const split = (text: string): readonly string[] => text.split(' ');
/** Pieces of patterns that are right wherever they stand. */
const plainPieces = split('* * * ? ** ** / / /**/ **/ /* a b c ab . [a-c] [^a] {2} | ( + é');
/** Pieces that are wrong in some places or mean something only by way of Go's regexp. */
const oddPieces = split(
  String.raw`[^a-b] [a []a] [!a] [a-] [-a] [b-a] [\]] [\-a] [é-ζ] [*] [a/] [.] [^] [] [[a] [a]b]`,
)
  .concat(
    split(
      String.raw`[a^] [^\n] [\d] [\pL] [[:alpha:]] [[:^digit:]] [[:no:]] \a \b \d \w \W \S \* \? \[ \\ \n \t`,
    ),
  )
  .concat(
    split(
      String.raw`\x61 \x{62} \141 \é \8 \0 \pL \PL \p{Greek} \p{^Lu} \Q \E \A \z \Z \B \C \G ) $ ^ { } {1,2}`,
    ),
  )
  .concat(split('{0} {,2} {2,} {2,1} {1001} - , ! # .. ../ ./ // ζ 名 😀 \uFEFF \uFFFD \u0085 \u00A0 \u2028'))
  .concat(['\\', ' ', '\t', '\u000B', '\r']);
const rawBytes: readonly Buffer[] = [
  Buffer.of(0xe9),
  Buffer.of(0xff),
  Buffer.of(0xa9),
  Buffer.of(0xc3),
  Buffer.of(0xed, 0xa0, 0x80),
];
const oddLines = [
  '',
  ' ',
  '#a',
  ' #a',
  '!',
  '! ',
  '.',
  '..',
  '/',
  '!/',
  '**',
  '*',
  '!**',
  '!*',
  '../a',
  '!.',
];
const byteOrderMark = Buffer.from('\uFEFF');

/** An ignore file of a few lines, most of them made to hit some of the paths. */
export function randomIgnoreFile(random: SeededRandom, paths: readonly Buffer[]): Buffer {
  const parts: Buffer[] = random.chance(0.05) ? [byteOrderMark] : [];
  const lineEnd = Buffer.from(random.chance(0.1) ? '\r\n' : '\n');
  for (let line = random.below(5); line >= 0; line -= 1) parts.push(randomLine(random, paths), lineEnd);
  // A rule that comes again after an exception is one that docker's two ways to decide differ about.
  if (random.chance(0.2)) parts.push(random.pick(parts), lineEnd);
  const file = Buffer.concat(parts);
  // One line with carriage returns in it and no line feed is refused, other than in docker.
  return random.chance(0.2) && !file.includes('\r') ? file.subarray(0, -1) : file;
}

function randomLine(random: SeededRandom, paths: readonly Buffer[]): Buffer {
  if (random.chance(0.08)) return Buffer.from(random.pick(oddLines));
  const before = random.chance(0.35) ? '!' : '';
  const around = random.chance(0.1) ? random.pick([' ', '/', './', '\t', '//', '! ']) : '';
  const after = random.chance(0.2)
    ? random.pick(['/', '/**', '/*', '/.', ' ', '//', '/..', '/**/*', '**'])
    : '';
  const pattern = random.chance(0.75) ? blur(random, random.pick(paths)) : randomPattern(random);
  return Buffer.concat([Buffer.from(before + around), pattern, Buffer.from(after)]);
}

/** A path, cut short and with pieces in place of some of its characters. */
function blur(random: SeededRandom, path: Buffer): Buffer {
  const names = path.toString('latin1').split('/');
  const kept = names.slice(
    random.chance(0.15) ? 1 : 0,
    random.chance(0.5) ? names.length : 1 + random.below(names.length),
  );
  const likelihood = random.pick([0, 0.15, 0.4]);
  const blurred = kept.map((name) => {
    if (random.chance(0.12)) return Buffer.from(random.pick(['*', '**', '**']));
    return Buffer.concat(
      [...Buffer.from(name, 'latin1')].map((byte) => {
        if (!random.chance(likelihood)) return Buffer.of(byte);
        return random.chance(0.3) ? Buffer.concat([Buffer.from('\\'), Buffer.of(byte)]) : randomPiece(random);
      }),
    );
  });
  return Buffer.concat(blurred.flatMap((name, index) => (index === 0 ? [name] : [Buffer.from('/'), name])));
}

function randomPattern(random: SeededRandom): Buffer {
  return Buffer.concat(Array.from({ length: 1 + random.below(6) }, () => randomPiece(random)));
}

function randomPiece(random: SeededRandom): Buffer {
  if (random.chance(0.04)) return random.pick(rawBytes);
  // One wrong pattern makes docker refuse the whole file.
  return Buffer.from(random.pick(random.chance(0.75) ? plainPieces : oddPieces));
}
