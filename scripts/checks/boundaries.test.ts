import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packageOf } from './imports.ts';
import { displayPath, isTestFile, packages, type WorkspacePackage } from './workspace-packages.ts';

/** Who may import whom; a room that is missing here fails. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  spec: ['toolkit'],
  toolkit: [],
  testing: [],
  kaniko: ['spec', 'toolkit'],
  archive: ['spec', 'toolkit'],
  contexts: ['spec', 'toolkit', 'archive'],
  registries: ['spec', 'toolkit'],
  kubernetes: ['spec', 'toolkit'],
  sandbox: ['spec', 'toolkit'],
  core: ['spec', 'toolkit', 'kaniko'],
  sdk: ['spec', 'toolkit', 'core', 'contexts', 'registries', 'kubernetes'],
  cli: ['spec', 'toolkit', 'sdk', 'core', 'kaniko', 'sandbox'],
  e2e: ['spec', 'toolkit', 'sdk', 'core', 'kaniko', 'sandbox', 'contexts', 'registries', 'kubernetes', 'cli'],
};

/** What the command may use at run time of rooms behind the sdk: the folders of theirs that it shares. */
const cliUses: Readonly<Record<string, readonly string[]>> = {
  core: ['reducer'],
  kaniko: ['explain'],
};

/** Folders of a package, from the top down: each imports only from those behind it. */
const folderOrder: Readonly<Record<string, readonly string[]>> = {
  archive: [
    'listing',
    'tar',
    'pack',
    'stat-index',
    'units',
    'output',
    'dockerfiles',
    'format',
    'tree',
    'ignore',
    'async',
    'errors',
    'names',
  ],
};

/** Rooms that compute and never touch the outside: no module of Node but these. */
const pureRooms: Readonly<Record<string, readonly string[]>> = {
  // The schema of requests; it has no dependencies, and loading it takes about 6 ms of the processor.
  spec: ['valibot'],
  kaniko: ['node:buffer', 'node:string_decoder', 'node:util'],
};

const roomByPackage = new Map(packages.map(({ manifest, room }) => [manifest.name, room]));

describe.each(packages)('$room', ({ room, folder, sources }) => {
  const shipped = sources.filter((path) => !isTestFile(path));

  it('imports along the arrows only', () => {
    const allowed = mayImport[room] ?? expect.fail(`${room} has no line in the table of this test`);
    const wrong = sources.flatMap((path) =>
      importsOf(path)
        .map(({ specifier }) => roomByPackage.get(packageOf(specifier)))
        .filter((target) => target !== undefined && target !== room && !allowed.includes(target))
        // All tests may use it, and nothing else may: see below.
        .filter((target) => target !== 'testing')
        .map((target) => `${displayPath(path)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches other packages by name, its own files with their extension', () => {
    const wrong = sources.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .filter(
          ({ specifier }) =>
            !/\.(?:tsx?|json|mjs)$/.test(specifier) ||
            relative(folder, join(dirname(path), specifier)).startsWith('..'),
        )
        .map(({ specifier }) => `${displayPath(path)} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('loads nothing made for tests', () => {
    // All of e2e is for tests.
    const forTests = room === 'e2e' ? ['vitest'] : ['vitest', '@kanikit/testing'];
    const wrong = shipped.flatMap((path) =>
      importsOf(path)
        .map(({ specifier }) => specifier)
        .filter((specifier) =>
          specifier.startsWith('.')
            ? isTestFile(join(dirname(path), specifier))
            : forTests.includes(specifier),
        )
        .map((specifier) => `${displayPath(path)} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(Object.entries(pureRooms))('%s is pure', (room, allowed) => {
  it('and imports nothing that reaches outside', () => {
    const wrong = roomOf(room)
      .sources.filter((path) => !isTestFile(path))
      .flatMap((path) =>
        importsOf(path)
          .map(({ specifier }) => specifier)
          .filter((specifier) => !specifier.startsWith('.') && !roomByPackage.has(packageOf(specifier)))
          .filter((specifier) => !allowed.includes(specifier))
          .map((specifier) => `${displayPath(path)} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe.each(Object.entries(folderOrder))('the folders of %s', (room, order) => {
  const { folder, sources } = roomOf(room);
  const folderOf = (path: string): string => relative(join(folder, 'src'), path).split(sep)[0]!;
  const shipped = sources.filter((path) => !isTestFile(path) && dirname(path) !== join(folder, 'src'));

  it('have a place each', () => {
    expect([...new Set(shipped.map(folderOf))].toSorted()).toEqual(order.toSorted());
  });

  it('import only from those below', () => {
    const wrong = shipped.flatMap((path) =>
      importsOf(path)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => folderOf(join(dirname(path), specifier)))
        .filter((target) => order.indexOf(target) < order.indexOf(folderOf(path)))
        .map((target) => `${displayPath(path)} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

it('spec depends on the toolkit and valibot only, core on its rooms only', () => {
  expect(Object.keys(roomOf('spec').manifest.dependencies ?? {}).toSorted()).toEqual([
    '@kanikit/toolkit',
    'valibot',
  ]);
  const outside = Object.keys(roomOf('core').manifest.dependencies ?? {}).filter(
    (name) => !roomByPackage.has(name),
  );
  expect(outside).toEqual([]);
});

describe.each(Object.entries(cliUses))('the command uses of %s', (room, folders) => {
  it(`what is in ${folders.join(', ')}, and types`, () => {
    const { folder, manifest } = roomOf(room);
    const shared = new Set(
      importsOf(join(folder, 'src', 'index.ts'))
        .filter(({ specifier }) => folders.some((shareable) => specifier.startsWith(`./${shareable}/`)))
        .flatMap(({ names }) => names),
    );
    const wrong = roomOf('cli')
      .sources.filter((path) => !isTestFile(path))
      .flatMap((path) =>
        importsOf(path)
          .filter(({ specifier, isTypeOnly }) => packageOf(specifier) === manifest.name && !isTypeOnly)
          .flatMap(({ names }) => names.filter((name) => !shared.has(name)))
          .map((name) => `${displayPath(path)} uses ${name}`),
      );
    expect(wrong).toEqual([]);
  });
});

it('the table has the arrows of no room that is gone', () => {
  expect(Object.keys(mayImport).sort()).toEqual(packages.map(({ room }) => room).sort());
});

it('nothing re-exports everything', () => {
  const wrong = packages
    .flatMap(({ sources }) => sources)
    .filter((path) => /^export \*/m.test(readFileSync(path, 'utf8')))
    .map(displayPath);
  expect(wrong).toEqual([]);
});

function roomOf(room: string): WorkspacePackage {
  return packages.find((candidate) => candidate.room === room) ?? expect.fail(`there is no ${room}`);
}
