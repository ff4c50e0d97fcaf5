import { parentPort } from 'node:worker_threads';
import type { ReadingFunction } from './reading-function.ts';

/** What the worker is asked: how a function of a module does on hostile texts. */
export interface ReadingRequest {
  readonly module: string;
  readonly index: number;
}

const runs = Array.from('\r\n \t0aA"\'`\\\u001b[](){}<>=:/@$*?.,-#|&\u0000é');
const sequences = [
  '\\\n',
  '\u001b[',
  '${',
  '{"',
  'a=',
  '":"',
  ' a',
  'a/',
  'x@',
  '../',
  '*a',
  '--a ',
  'a: ',
  '- ',
  'a\n',
];
const lines = [
  'RUN a\n',
  'FROM a\n',
  'FROM a AS b\n',
  'ENV a=b\n',
  'ARG a=b\n',
  'COPY a b\n',
  'USER a\n',
  'INFO[0000] RUN a\n',
];
/** Quadratic work on so much takes tenths of a second at least. */
const lengths = { runs: 32 * 1024, shapes: 64 * 1024 };
/** What linear work stays below. */
const limitMs = 25;
/** What takes so long stops a client for minutes on a line of 8 MiB, however its work grows. */
const hopelessMs = 400;
/** Four times the text takes four times as long where the work is linear, and sixteen times where it is quadratic. */
const growth = { factor: 4, most: 9 };

parentPort?.on('message', ({ module, index }: ReadingRequest) => void judge(module, index));

async function judge(module: string, index: number): Promise<void> {
  const { readingFunctions } = (await import(module)) as { readingFunctions: readonly ReadingFunction[] };
  const { name, read, beginnings = [], shapes = {} } = readingFunctions[index]!;
  const tryOn = async (
    what: string,
    characters: number,
    write: (length: number) => string,
  ): Promise<void> => {
    const at = `${name}: ${what}`;
    // The parent ends a worker that is silent for long, and knows from this what it was at.
    parentPort?.postMessage({ at });
    const once = await timeOf(read, write(characters));
    const again = once < limitMs ? once : Math.min(once, await timeOf(read, write(characters)));
    if (again < limitMs) return;
    const isSlow =
      again > hopelessMs || (await timeOf(read, write(characters * growth.factor))) >= growth.most * again;
    if (isSlow) parentPort?.postMessage({ slow: at });
  };
  for (const beginning of beginnings) {
    for (const repeated of [...runs, ...sequences, ...lines])
      await tryOn(
        `${JSON.stringify(beginning)} + ${JSON.stringify(repeated)} again and again`,
        lengths.runs,
        (length) => `${beginning}${repeated.repeat(length / repeated.length)}x`,
      );
  }
  for (const [what, write] of Object.entries(shapes)) await tryOn(what, lengths.shapes, write);
  parentPort?.postMessage({ isDone: true });
}

/** Time of this thread on a processor. A refusal is an answer, an overflow is none. */
async function timeOf(read: ReadingFunction['read'], text: string): Promise<number> {
  const start = process.threadCpuUsage();
  try {
    await read(text);
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    // Not called as it is meant to be.
    if (error instanceof TypeError) throw error;
  }
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
