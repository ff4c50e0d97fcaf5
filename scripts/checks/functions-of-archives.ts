import { openArchiveContext } from '../../packages/contexts/src/tar/archive-context.ts';
import { parsePax } from '../../packages/archive/src/tar/parse-pax.ts';
import { drain, inPieces, many, type ReadingFunction, type Shape } from './reading-function.ts';

const run = { signal: new AbortController().signal, now: Date.now };
const request = {
  reference: 'x.tar',
  dockerfile: undefined,
  workingDirectory: '/nonexistent',
  contextSubPath: undefined,
};

/** Looks for the Dockerfile, lists the archive, and packs it anew. */
async function readTar(tar: string): Promise<void> {
  const bytes = Buffer.from(tar, 'latin1');
  const archive = { name: 'x.tar', read: () => inPieces(bytes), isAtHand: true, shareKey: undefined };
  const context = await openArchiveContext(archive, request, run);
  await drain(context.list!({}, run));
  const packed = context.pack({}, run);
  for await (const part of packed.parts) await drain(inPieces(await part.read()));
  await packed.summary;
}

/** One entry: a header in ustar's form and its content, in whole blocks. */
function entry(name: string, type: string, content = '', link = ''): string {
  const field = (text: string, size: number): string => text.slice(0, size).padEnd(size, '\0');
  const octal = (value: number, size: number): string => `${value.toString(8).padStart(size - 1, '0')}\0`;
  const size = Buffer.byteLength(content, 'latin1');
  const before =
    field(name, 100) + octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12);
  const after = `${type}${field(link, 100)}ustar\0${'00'}${'\0'.repeat(247)}`;
  const sum = Buffer.from(`${before}        ${after}`, 'latin1').reduce((total, byte) => total + byte, 0);
  const padding = '\0'.repeat((512 - (size % 512)) % 512);
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}${content}${padding}`;
}

const end = entry('Dockerfile', '0', 'FROM a\n') + '\0'.repeat(1024);

/** A name of any length, in GNU's form. */
const named = (name: string, type = '0', link = ''): string =>
  entry('@', 'L', Buffer.from(`${name}\0`).toString('latin1')) + entry('x', type, '', link);

const entries =
  (one: (index: number) => string): Shape =>
  (length) =>
    many(one)((length / 32) * one(1000).length) + end;

/** Readers of archives. */
export const functionsOfArchives: readonly ReadingFunction[] = [
  {
    name: 'names in an archive',
    read: (text) => readTar(named(text) + named('a/b', '2', text.slice(0, 100)) + end),
    beginnings: ['', 'a/', `${'a/'.repeat(16_384)}`, './'],
    shapes: {
      'in and out of a deep folder': (length) => `${'a/'.repeat(length / 4)}${'b/../'.repeat(length / 10)}`,
    },
  },
  {
    name: 'entries of an archive',
    read: readTar,
    shapes: {
      'many files': entries((index) => entry(`f${index}`, '0', 'x')),
      'many files like Dockerfiles': entries((index) => entry(`Dockerfile.${index}`, '0', 'x')),
      'many Dockerfiles': entries(() => entry('Dockerfile', '0', 'FROM a\n')),
      'a chain of links': entries((index) => entry(`l${index}`, '2', '', `l${index + 1}`)),
      'links to one': entries((index) => entry(`l${index}`, '2', '', 'l0')),
      'pax headers': entries((index) => entry('@', 'x', `16 path=f${String(index).padStart(6, '0')}\n`)),
    },
  },
  {
    name: 'parsePax',
    read: (text) => parsePax(Buffer.from(text)),
    beginnings: ['', '10 path='],
    shapes: { 'many records': many(() => '10 path=a\n') },
  },
];
