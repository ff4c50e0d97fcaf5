import type { SeededRandom } from '@kanikit/testing';

export interface WildcardCopy {
  readonly pattern: string;
  /** Paths in the context by their paths below the target: files by name, and what is in directories, as docker does. */
  readonly expected: ReadonlyMap<string, string>;
}

/** None fits `.`, with which the executor would copy the whole context besides what docker does. */
const patterns: readonly (readonly [pattern: string, fits: RegExp])[] = [
  ['?*.*', /^.+\./u],
  ['[a-d]*', /^[a-d]/],
  ['[^.D]*', /^[^.D]/],
  ['*s', /s$/],
  ['D*', /^D/],
];

/** A `COPY` with a wildcard that has one right result; undefined where two sources would be one target, or where a link is a source. */
export function copyByWildcard(
  random: SeededRandom,
  sent: readonly string[],
  kindOf: (path: string) => 'directory' | 'file' | 'link',
): WildcardCopy | undefined {
  const [pattern, fits] = random.pick(patterns);
  const sources = sent.filter((path) => !path.includes('/') && fits.test(path));
  if (sources.length === 0 || sources.some((path) => kindOf(path) === 'link')) return undefined;
  const copies = sources.flatMap((source): readonly (readonly [string, string])[] =>
    kindOf(source) === 'file'
      ? [[source, source]]
      : sent
          .filter((path) => path.startsWith(`${source}/`))
          .map((path) => [path.slice(source.length + 1), path]),
  );
  const expected = new Map(copies);
  return expected.size === copies.length ? { pattern, expected } : undefined;
}
