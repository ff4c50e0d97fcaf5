import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../parts/run-program.ts';
import { generateTree } from './generate-tree.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kanikit-tree-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the same number of files is the same tree', async () => {
  const folders = [temporaryFolder(), temporaryFolder()] as const;
  const [first, second] = await Promise.all(folders.map(async (folder) => await generateTree(900, folder)));
  expect({ ...second, root: first!.root }).toEqual(first);
  const diff = await runProgram('diff', ['-r', '--no-dereference', first!.root, second!.root]);
  expect(diff).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('a tree has the files it promises, seven of ten under node_modules and dist', async () => {
  const { root, files, directories } = await generateTree(900, temporaryFolder());
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const leaves = entries.filter((entry) => !entry.isDirectory());
  expect(leaves).toHaveLength(900);
  expect(files).toBe(900);
  expect(entries.length - leaves.length).toBe(directories);
  const ignored = leaves.filter(({ parentPath }) => /\/(?:node_modules|dist)(?:\/|$)/.test(parentPath));
  expect(ignored.length / leaves.length).toBeCloseTo(0.7, 1);
});

test('a tree that was made is found again', async () => {
  const folder = temporaryFolder();
  const first = await generateTree(50, folder);
  rmSync(join(first.root, 'README.md'));
  expect(await generateTree(50, folder)).toEqual(first);
  expect(readdirSync(first.root)).not.toContain('README.md');
});
