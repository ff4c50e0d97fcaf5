import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packageOf } from './imports.ts';
import { displayPath, packages } from './workspace-packages.ts';

/** Libraries that cost start-up time: loaded on first use with `import()`, never with an entry. */
const heavy = /^(?:@aws-sdk|@smithy|@azure|@google-cloud|@kubernetes)\/|^(?:ws|yaml|react|ink)(?:\/|$)/;

const entries = packages.flatMap(({ manifest, folder }) =>
  Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    const source = typeof target === 'string' ? undefined : target['@kanikit/source'];
    return source === undefined ? [] : [{ name: join(manifest.name, subpath), path: join(folder, source) }];
  }),
);
const entryByName = new Map(entries.map(({ name, path }) => [name, path]));

describe.each(entries)('importing $name', ({ path }) => {
  it('loads no heavy library', () => {
    const chains = [...chainsToPackages(path)]
      .filter(([specifier]) => heavy.test(specifier))
      .map(([specifier, chain]) => [...chain.map(displayPath), specifier].join(' → '));
    expect(chains).toEqual([]);
  });
});

it('finds what is imported', () => {
  expect(entries.length).toBeGreaterThan(8);
  expect(entries.flatMap(({ path }) => (existsSync(path) ? [] : [displayPath(path)]))).toEqual([]);
});

/** Every outside module that loading a file loads at once, with one way to it. */
function chainsToPackages(entry: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  const queue: (readonly string[])[] = [[entry]];
  for (const chain of queue) {
    const file = chain.at(-1) ?? entry;
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    for (const { specifier, isDynamic, isTypeOnly } of importsOf(file)) {
      if (isDynamic || isTypeOnly || specifier.startsWith('node:')) continue;
      const inside = specifier.startsWith('.') ? join(dirname(file), specifier) : entryByName.get(specifier);
      if (inside !== undefined) queue.push([...chain, inside]);
      else if (!found.has(packageOf(specifier))) found.set(packageOf(specifier), chain);
    }
  }
  return found;
}
