import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, importGraph } from './folders.ts';
import { isTestFile, packages } from './workspace-packages.ts';

describe.each(packages)('folders of $room', ({ folder, sources }) => {
  const graph = importGraph(
    join(folder, 'src'),
    sources.filter((path) => !isTestFile(path)),
  );

  it('import downwards, and no two files each other', () => {
    expect(circles(graph)).toEqual([]);
  });
});

describe('circles', () => {
  it.each<readonly [string, Readonly<Record<string, readonly string[]>>, readonly string[]]>([
    ['none', { 'a/x.ts': ['b/y.ts'], 'b/y.ts': ['c.ts'], 'index.ts': ['a/x.ts'] }, []],
    ['two files', { 'a/x.ts': ['a/y.ts'], 'a/y.ts': ['a/x.ts'] }, ['a: x.ts, y.ts']],
    ['two folders whose files are in none', { 'a/x.ts': ['b/y.ts'], 'b/z.ts': ['a/v.ts'] }, ['.: a, b']],
    [
      'three folders, deeper down',
      { 'r/a/x.ts': ['r/b/x.ts'], 'r/b/y.ts': ['r/c/x.ts'], 'r/c/z.ts': ['r/a/q.ts'] },
      ['r: a, b, c'],
    ],
    ['a folder and a file beside it', { 'a/x.ts': ['y.ts'], 'y.ts': ['a/z.ts'] }, ['.: a, y.ts']],
  ])('%s', (_what, arrows, expected) => {
    expect(circles(new Map(Object.entries(arrows)))).toEqual(expected);
  });
});
