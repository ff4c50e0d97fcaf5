import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { importsOf } from './imports.ts';

/** Which files of a package import which others of it, as paths below its `src`, with forward slashes. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of files below a folder; types count. */
export function importGraph(folder: string, paths: readonly string[]): ImportGraph {
  const below = (path: string): string => relative(folder, path).split(sep).join('/');
  return new Map(
    paths.map((path) => {
      const targets = importsOf(path)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => join(dirname(path), specifier))
        .filter((target) => existsSync(target) && !below(target).startsWith('..'));
      return [below(path), targets.map(below)];
    }),
  );
}

/**
 * The circles of a graph: in each folder, those of the folders and files that are right in it. A graph without any can be drawn, at every depth,
 * with all arrows pointing down.
 */
export function circles(graph: ImportGraph): readonly string[] {
  return [...levels(graph)].flatMap(([folder, arrows]) =>
    components(arrows).map((names) => `${folder === '' ? '.' : folder}: ${names.toSorted().join(', ')}`),
  );
}

/** Of each folder: what is right in it, and what of that each of them imports. */
function levels(graph: ImportGraph): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const [from, targets] of graph) {
    for (const to of targets) {
      const one = from.split('/');
      const other = to.split('/');
      const depth = one.findIndex((part, at) => part !== other[at]);
      if (depth === -1) continue;
      const level = getOrMake(found, one.slice(0, depth).join('/'), () => new Map<string, Set<string>>());
      getOrMake(level, one[depth] ?? '', () => new Set<string>()).add(other[depth] ?? '');
    }
  }
  return found;
}

/** Groups of two and more that reach each other (Tarjan's algorithm). */
function components(arrows: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const groups: string[][] = [];
  const visit = (node: string): number => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    open.push(node);
    for (const target of arrows.get(node) ?? []) {
      if (!index.has(target)) low.set(node, Math.min(low.get(node) ?? own, visit(target)));
      else if (open.includes(target)) low.set(node, Math.min(low.get(node) ?? own, index.get(target) ?? own));
    }
    const lowest = low.get(node) ?? own;
    if (lowest === own) {
      const group = open.splice(open.indexOf(node));
      if (group.length > 1) groups.push(group);
    }
    return lowest;
  };
  for (const node of arrows.keys()) if (!index.has(node)) visit(node);
  return groups;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
