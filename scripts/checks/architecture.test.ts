import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importGraph } from './folders.ts';
import { displayPath, isTestFile, packages, root } from './workspace-packages.ts';

const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const drawn = packages.filter(({ room }) => room !== 'e2e' && room !== 'testing');

/** The rows of the table below a heading, from top to bottom: the names in each first cell. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** Arrows that do not lead from a row to a lower one. */
function arrowsUp(
  rows: readonly (readonly string[])[],
  arrows: Iterable<readonly [from: string, to: string]>,
): readonly string[] {
  const rowOf = (name: string): number => rows.findIndex((row) => row.includes(name));
  return [...arrows].filter(([from, to]) => rowOf(from) >= rowOf(to)).map((arrow) => arrow.join(' → '));
}

describe('docs/architecture.md', () => {
  it('lists every package, and each above those that it depends on', () => {
    const rows = rowsBelow('Packages');
    const places = new Map(drawn.map(({ manifest, folder }) => [manifest.name, displayPath(folder)]));
    expect(rows.flat().toSorted()).toEqual([...places.values()].toSorted());
    const arrows = drawn.flatMap(({ manifest, folder }) =>
      Object.keys(manifest.dependencies ?? {}).flatMap((name) => {
        const to = places.get(name);
        return to === undefined ? [] : [[displayPath(folder), to] as const];
      }),
    );
    expect(arrowsUp(rows, arrows)).toEqual([]);
  });

  it.each(drawn.map(({ folder, sources }) => ({ place: displayPath(folder), folder, sources })))(
    'lists every folder of $place, and each above those that it imports',
    ({ place, folder, sources }) => {
      const rows = rowsBelow(`Folders of \`${place}\``);
      const shipped = sources.filter((path) => !isTestFile(path));
      const graph = importGraph(join(folder, 'src'), shipped);
      const folderOf = (path: string): string | undefined =>
        path.includes('/') ? path.split('/')[0] : undefined;
      const folders = new Set([...graph.keys()].flatMap((path) => folderOf(path) ?? []));
      expect(rows.flat().toSorted()).toEqual([...folders].toSorted());
      const arrows = [...graph].flatMap(([path, targets]) =>
        targets.flatMap((target) => {
          const [from, to] = [folderOf(path), folderOf(target)];
          return from === undefined || to === undefined || from === to ? [] : [[from, to] as const];
        }),
      );
      expect([...new Set(arrowsUp(rows, arrows))]).toEqual([]);
    },
  );
});
