/** Why the bytes of a Dockerfile or an ignore file can't be read as text. */
export interface EncodingFault {
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
  readonly hint: string;
}

const marks: readonly (readonly [bytes: readonly number[], name: string])[] = [
  [[0xff, 0xfe, 0, 0], 'UTF-32LE'],
  [[0, 0, 0xfe, 0xff], 'UTF-32BE'],
  [[0xff, 0xfe], 'UTF-16LE'],
  [[0xfe, 0xff], 'UTF-16BE'],
];
const [lineFeed, carriageReturn] = [0x0a, 0x0d];
/** Enough to tell how an encoding spreads its zeros. */
const sampleBytes = 4096;

/**
 * What keeps docker from reading the text as it was meant; undefined where there is nothing. Docker reads UTF-8 with or without its mark, and takes
 * bytes that are none as they are. Of other encodings it sees lines that match nothing, and says nothing.
 */
export function findEncodingFault(contents: Uint8Array): EncodingFault | undefined {
  const mark = marks.find(([bytes]) => bytes.every((byte, at) => contents[at] === byte));
  if (mark !== undefined) return encoded(mark[1]);
  const zero = contents.indexOf(0);
  if (zero !== -1) {
    const name = guessByZeros(contents.subarray(0, sampleBytes));
    return name === undefined ? zeroByte(lineAt(contents, zero)) : encoded(name);
  }
  const end = contents.findLastIndex((byte) => byte !== carriageReturn) + 1;
  const isOneLine = !contents.includes(lineFeed);
  return isOneLine && contents.subarray(0, end).includes(carriageReturn) ? oldLineEnds : undefined;
}

/** Latin letters have their zeros at the same places of each unit. */
function guessByZeros(sample: Uint8Array): string | undefined {
  const counts = [0, 0, 0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) counts[at % 4]! += 1;
  const isMost = (...places: number[]): boolean =>
    places.every((place) => counts[place]! * 2 * 4 > sample.length) &&
    counts.every((count, place) => places.includes(place) || count * 8 * 4 < sample.length);
  if (isMost(1, 2, 3)) return 'UTF-32LE';
  if (isMost(0, 1, 2)) return 'UTF-32BE';
  if (isMost(1, 3)) return 'UTF-16LE';
  return isMost(0, 2) ? 'UTF-16BE' : undefined;
}

function lineAt(contents: Uint8Array, end: number): number {
  let line = 1;
  for (let at = contents.indexOf(lineFeed); at !== -1 && at < end; at = contents.indexOf(lineFeed, at + 1)) {
    line += 1;
  }
  return line;
}

function encoded(name: string): EncodingFault {
  return {
    reason: `it is encoded in ${name}, and docker and Kaniko read UTF-8`,
    line: 1,
    hint: 'Save it as UTF-8. PowerShell before 7 writes UTF-16 with > and Out-File; use Out-File -Encoding utf8.',
  };
}

function zeroByte(line: number): EncodingFault {
  return {
    reason: 'it has a zero byte, which no text has',
    line,
    hint: 'Save it as UTF-8, or name another file.',
  };
}

const oldLineEnds: EncodingFault = {
  reason: 'its lines end in carriage returns only (CR), and docker and Kaniko read all of it as one line',
  line: 1,
  hint: 'Save it with line feeds (LF or CRLF).',
};
