import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { collect, temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { packFolder } from '../testing/pack-folder.ts';
import { archiveIndexed, readParts } from '../testing/pack-indexed.ts';

const megabyte = 1_000_000;

function plant(sizes: Record<string, number>): string {
  const root = temporaryFolder();
  for (const [path, sizeBytes] of Object.entries(sizes)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), Buffer.alloc(sizeBytes));
  }
  return root;
}

test.each<[what: string, sizes: Record<string, number>, codes: string[]]>([
  ['nothing', {}, []],
  ['sources', { 'src/a': 9 * megabyte }, []],
  ['history', { '.git/objects/a': 6 * megabyte, b: 5 * megabyte }, ['context-mostly-git']],
  ['the history of a part', { 'lib/.git/a': 6 * megabyte }, ['context-mostly-git']],
  ['modules', { 'a/node_modules/b': 6 * megabyte, c: 2 * megabyte }, ['context-mostly-node-modules']],
  ['modules, less than half', { 'node_modules/b': 5 * megabyte, c: 6 * megabyte }, []],
  ['few modules', { 'node_modules/b': megabyte }, []],
  ['names that only look alike', { 'x.git/a': 6 * megabyte, 'my_node_modules/a': 6 * megabyte }, []],
])('a context of %s', async (_what, sizes, codes) => {
  const archive = packFolder(plant(sizes));
  await collect(archive);
  const { warnings = [] } = await archive.summary;
  expect(warnings.map(({ code }) => code)).toEqual(codes);
});

test('the warning has bytes and the line to add, also where nothing is read', async () => {
  const root = plant({ '.git/pack': 6 * megabyte, a: 2 * megabyte });
  const index = temporaryFolder();
  const { summary } = await readParts(archiveIndexed(root, index));
  expect(summary.warnings).toEqual([
    {
      code: 'context-mostly-git',
      message: "6.0 MB of the context's 8.0 MB are in .git",
      hint: 'Add the line **/.git to .dockerignore if the build does not need them.',
    },
  ]);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('what is ignored does not count', async () => {
  const archive = packFolder(plant({ 'node_modules/b': 6 * megabyte, a: 1 }), { ignore: '**/node_modules' });
  await collect(archive);
  expect((await archive.summary).warnings).toBeUndefined();
});
