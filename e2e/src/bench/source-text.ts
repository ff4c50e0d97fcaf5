import type { SeededRandom } from '@kanikit/testing';

/** Each stretch of text keeps to words of its own, as the files of a module do; that is what makes code compressible. */
const stretchBytes = 24 * 1024;
const stretchWords = 60;
const vocabularyWords = 6000;
/** Share of lines that stand elsewhere in the stretch, too. */
const repeatedLines = 0.3;
const syllables =
  're co de pro ce ss pa th na me va lue ty pe li st no in der ta sk bu ild con fig lo ad er ror st ate fi le map set get on ex it ch unk'.split(
    ' ',
  );
const keywords = [
  'const ',
  'return ',
  'if (',
  'import { ',
  'export function ',
  'await ',
  'for (const ',
  'throw new ',
];
const endings = [');', ' => {', ';', ' === undefined) {', '}', ',', ': string;', ' } from "./', '.length;'];

/** Text that compresses like source code (about four to one with `gzip -1`). */
export function createSourceText(random: SeededRandom, sizeBytes: number): Buffer {
  const vocabulary = Array.from({ length: vocabularyWords }, () => createWord(random));
  const stretches: string[] = [];
  for (let bytes = 0; bytes < sizeBytes; bytes += stretchBytes)
    stretches.push(createStretch(random, vocabulary));
  return Buffer.from(stretches.join('')).subarray(0, sizeBytes);
}

function createWord(random: SeededRandom): string {
  const parts = Array.from({ length: 2 + random.below(4) }, () => random.pick(syllables));
  return parts.map((part, index) => (index > 1 ? part[0]!.toUpperCase() + part.slice(1) : part)).join('');
}

function createStretch(random: SeededRandom, vocabulary: readonly string[]): string {
  const words = Array.from({ length: stretchWords }, () => random.pick(vocabulary));
  // Few words make up most of a file: the square bends the draw towards the first of them.
  const word = (): string => words[Math.floor(random.next() ** 2 * words.length)]!;
  const lines: string[] = [];
  for (let length = 0; length < stretchBytes; length += lines.at(-1)!.length) {
    lines.push(
      lines.length > 0 && random.chance(repeatedLines) ? random.pick(lines) : createLine(random, word),
    );
  }
  return lines.join('').slice(0, stretchBytes);
}

function createLine(random: SeededRandom, word: () => string): string {
  let line = `${'  '.repeat(random.below(4))}${random.pick(keywords)}${word()}`;
  for (let more = random.below(4); more > 0; more -= 1)
    line += `${random.pick(['.', ', ', '(', ' = '])}${word()}`;
  return `${line}${random.pick(endings)}\n`;
}
