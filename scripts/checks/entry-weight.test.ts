import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packageOf } from './imports.ts';
import { displayPath, packages, root } from './workspace-packages.ts';

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
    expect(chainsTo(path, (loaded) => heavy.test(loaded))).toEqual([]);
  });
});

const beforeFirstPod = [
  { name: 'kanikit build', path: join(root, 'apps/cli/src/commands/build.ts') },
  ...entries.filter(({ name }) => ['@kanikit/sdk', '@kanikit/kubernetes'].includes(name)),
];

describe.each(beforeFirstPod)('$name', ({ path }) => {
  it('loads neither sandbox nor sources and stores of contexts before they are needed', () => {
    const others =
      /packages\/(?:sandbox\/|archive\/|contexts\/src\/(?:bucket|store)\/|contexts\/.*-(?:source|store)\.ts)/;
    expect(chainsTo(path, (loaded) => others.test(loaded))).toEqual([]);
  });
});

const clientEntries = [
  ...beforeFirstPod,
  ...entries.filter(({ name }) => /^@kanikit\/contexts\/(?!contract)/.test(name)),
];

describe.each(clientEntries)('$name', ({ path }) => {
  it('leaves fetch alone, which an import of node:http would load', () => {
    expect(chainsTo(path, (loaded) => /^node:https?$/.test(loaded))).toEqual([]);
  });
});

it('finds what is imported', () => {
  expect(entries.length).toBeGreaterThan(8);
  expect(entries.flatMap(({ path }) => (existsSync(path) ? [] : [displayPath(path)]))).toEqual([]);
});

/** What loading a file loads at once and should not, each with one way to it. */
function chainsTo(entry: string, isUnwanted: (loaded: string) => boolean): readonly string[] {
  return [...loadedAtOnce(entry)].flatMap(([loaded, chain]) =>
    isUnwanted(loaded) ? [[...chain, loaded].map(nameOf).join(' → ')] : [],
  );
}

function nameOf(loaded: string): string {
  return isAbsolute(loaded) ? displayPath(loaded) : loaded;
}

/** Every file of ours and every outside module that loading a file loads at once, with one way to it. */
function loadedAtOnce(entry: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([[entry, []]]);
  for (const [file, chain] of found) {
    if (!existsSync(file)) continue;
    for (const { specifier, isDynamic, isTypeOnly } of importsOf(file)) {
      if (isDynamic || isTypeOnly) continue;
      const inside = specifier.startsWith('.') ? join(dirname(file), specifier) : entryByName.get(specifier);
      const loaded = inside ?? (specifier.startsWith('node:') ? specifier : packageOf(specifier));
      if (!found.has(loaded)) found.set(loaded, [...chain, file]);
    }
  }
  return found;
}
