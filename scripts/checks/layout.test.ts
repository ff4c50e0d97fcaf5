import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { displayPath, packages, publicPackages, root } from './workspace-packages.ts';

describe.each(packages)('files of $room', ({ folder, manifest, sources }) => {
  const pathsBelowSource = sources.map((path) => relative(join(folder, 'src'), path).split(sep));

  it('lie at most two folders below src', () => {
    expect(pathsBelowSource.filter((parts) => parts.length > 3).map((parts) => parts.join('/'))).toEqual([]);
  });

  it('have names in kebab-case', () => {
    const wrong = pathsBelowSource
      .flat()
      .filter(
        (part) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.test-d|\.test\.helper)?(?:\.tsx?)?$/.test(part),
      );
    expect(wrong).toEqual([]);
  });

  it('are grouped by concern, not by kind', () => {
    const kinds = new Set(['utils', 'util', 'helpers', 'types', 'interfaces', 'common', 'lib', 'misc']);
    expect(pathsBelowSource.flat().filter((part) => kinds.has(part.replace(/\.tsx?$/, '')))).toEqual([]);
  });

  it('are called index.ts only where they are an entry', () => {
    const entries = new Set(
      Object.values(manifest.exports ?? {}).flatMap((target) =>
        typeof target === 'string' ? [] : [join(folder, target['@kanikit/source'] ?? '')],
      ),
    );
    const wrong = sources.filter(
      (path) =>
        basename(path) === 'index.ts' && path !== join(folder, 'src', 'index.ts') && !entries.has(path),
    );
    expect(wrong.map(displayPath)).toEqual([]);
  });
});

describe.each(publicPackages)('package.json of $manifest.name', ({ folder, manifest }) => {
  it('says what every package says', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      license: 'Apache-2.0',
      sideEffects: false,
      engines: { node: '>=22.12' },
      repository: { directory: displayPath(folder) },
    });
    expect(manifest.version).toBe(publicPackages[0]?.manifest.version);
  });

  it('exports files that exist, each with its source and types', () => {
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      if (typeof target === 'string') {
        expect(existsSync(join(folder, target)) ? [] : [target]).toEqual([]);
        continue;
      }
      const source = target['@kanikit/source'] ?? expect.fail(`${subpath} has no source`);
      expect(existsSync(join(folder, source)) ? [] : [source]).toEqual([]);
      const built = source.replace('./src/', './dist/').replace(/\.tsx?$/, '');
      // Conditions are tried in order: source first, types before the code.
      expect(Object.entries(target)).toEqual([
        ['@kanikit/source', source],
        ['types', `${built}.d.ts`],
        ['default', `${built}.js`],
      ]);
    }
  });

  // What is really in the tarball is checked by published-shape.mjs.
  it('has a README and publishes neither tests nor fixtures', () => {
    expect(existsSync(join(folder, 'README.md'))).toBe(true);
    expect(manifest.files).toEqual(
      expect.arrayContaining(['dist', 'src', '!**/*.test.*', '!**/fixtures', 'README.md']),
    );
  });

  it('names rooms of the workspace by the workspace protocol', () => {
    const own = new Set(packages.map((candidate) => candidate.manifest.name));
    const wrong = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
      ([name, range]) => own.has(name) !== (range === 'workspace:*'),
    );
    expect(wrong).toEqual([]);
  });

  it('has commands that exist', () => {
    const missing = Object.values(manifest.bin ?? {}).filter((path) => !existsSync(join(folder, path)));
    expect(missing).toEqual([]);
  });
});

it('pnpm reads the engines of packages for the release of Node that the workspace pins', () => {
  const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: { readonly node: string };
  };
  const settings = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  expect(/^nodeVersion: (\S+)$/m.exec(settings)?.[1]).toBe(pinned.devDependencies.node);
});
