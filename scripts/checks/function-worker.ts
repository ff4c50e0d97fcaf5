import { parentPort, workerData } from 'node:worker_threads';

/** What meets untrusted text: a function by the file that has it, and beginnings after which it looks closer. */
export interface ReadingFunction {
  readonly file: string;
  readonly name: string;
  /** How it takes a text. @default as its only parameter */
  readonly takes?: 'bytes' | 'message' | 'second';
  readonly first?: string;
  readonly beginnings: readonly string[];
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
/** Most quadratic work shows on a short text, and takes no minutes there; all of it takes seconds on a long one. */
const texts = [
  { characters: 8 * 1024, limitMs: 20 },
  { characters: 128 * 1024, limitMs: 100 },
];
/** Four times the text takes four times as long where the work is linear, and sixteen times where it is quadratic. */
const growth = { factor: 4, most: 9 };

const { file, name, takes, first, beginnings } = workerData as ReadingFunction;
const exported = ((await import(file)) as Record<string, (...parameters: unknown[]) => unknown>)[name]!;
const call = (text: string): unknown => {
  if (takes === 'bytes') return exported(Buffer.from(text));
  if (takes === 'message') return exported({ reason: first, message: text }, undefined);
  return takes === 'second' ? exported(first, text) : exported(text, first);
};
for (const beginning of beginnings) {
  for (const repeated of [...runs, ...sequences, ...lines]) {
    const at = `${name}: ${JSON.stringify(beginning)} + ${JSON.stringify(repeated)} again and again`;
    // The parent ends a worker that is silent for long, and knows from this what it was at.
    parentPort?.postMessage({ at });
    const write = (length: number): string => `${beginning}${repeated.repeat(length / repeated.length)}x`;
    if (texts.some((text) => isSlow(write, text))) parentPort?.postMessage({ slow: at });
  }
}
parentPort?.postMessage({ isDone: true });

/** Linear work stays below the limit, or takes no longer than its text is longer. */
function isSlow(write: (length: number) => string, { characters, limitMs }: (typeof texts)[number]): boolean {
  const once = timeOf(write(characters));
  if (once < limitMs) return false;
  const again = Math.min(once, timeOf(write(characters)));
  return again >= limitMs && timeOf(write(characters * growth.factor)) >= growth.most * again;
}

/** Time of this thread on a processor. A refusal is an answer, an overflow is none. */
function timeOf(text: string): number {
  const start = process.threadCpuUsage();
  try {
    call(text);
  } catch (error) {
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY;
    // Not called as it is meant to be.
    if (error instanceof TypeError) throw error;
  }
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
