import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { archiveIndexed, later, readParts } from '../testing/pack-indexed.ts';
import { packFolder } from '../testing/pack-folder.ts';

function plant(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'folder'));
  for (const name of ['a', 'b', 'folder/c', 'folder/d']) writeFileSync(join(root, name), `${name} as it was`);
  symlinkSync('a', join(root, 'link'));
  linkSync(join(root, 'a'), join(root, 'twin'));
  return root;
}

/** Rewrites until the file system's clock has gone on, as it has in all but a test. */
function rewrite(file: string, contents: string): void {
  const { ctimeMs } = statSync(file);
  do writeFileSync(file, contents);
  while (statSync(file).ctimeMs === ctimeMs);
}

const sameLength = 'b as it is.';

test('a tree that has not changed is known, with the summary of the last time', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const first = archiveIndexed(root, index);
  expect(await first.known()).toBeUndefined();
  const { summary } = await readParts(first);
  const second = archiveIndexed(root, index);
  expect(await second.known()).toEqual(summary);
  expect((await readParts(second)).summary).toEqual(summary);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test.each<[what: string, change: (root: string) => void]>([
  ['is rewritten', (root) => rewrite(join(root, 'b'), sameLength)],
  [
    'is rewritten with its old size and its old time',
    (root) => {
      const { atimeMs, mtimeMs } = statSync(join(root, 'b'));
      rewrite(join(root, 'b'), sameLength);
      utimesSync(join(root, 'b'), atimeMs / 1000, mtimeMs / 1000);
    },
  ],
  [
    'is replaced by another with its size and time',
    (root) => {
      const { atimeMs, mtimeMs } = statSync(join(root, 'b'));
      writeFileSync(join(root, 'new'), sameLength);
      utimesSync(join(root, 'new'), atimeMs / 1000, mtimeMs / 1000);
      renameSync(join(root, 'new'), join(root, 'b'));
    },
  ],
  ['becomes longer', (root) => rewrite(join(root, 'b'), 'b, and more of it')],
  ['may be executed', (root) => chmodSync(join(root, 'b'), 0o755)],
  ['becomes a link', (root) => (rmSync(join(root, 'b')), symlinkSync('a', join(root, 'b')))],
  ['becomes a directory', (root) => (rmSync(join(root, 'b')), mkdirSync(join(root, 'b')))],
  [
    'becomes another name of its neighbour',
    (root) => (rmSync(join(root, 'b')), linkSync(join(root, 'a'), join(root, 'b'))),
  ],
  [
    'stops being a name of its neighbour',
    (root) => (rmSync(join(root, 'twin')), writeFileSync(join(root, 'twin'), 'a as it was')),
  ],
  ['is gone', (root) => rmSync(join(root, 'b'))],
  ['is renamed', (root) => renameSync(join(root, 'b'), join(root, 'bb'))],
  ['comes first', (root) => writeFileSync(join(root, '0'), '')],
  ['comes last', (root) => writeFileSync(join(root, 'zzz'), '')],
  ['moves to another directory', (root) => renameSync(join(root, 'b'), join(root, 'folder/b'))],
  [
    'was a link that leads elsewhere now',
    (root) => (rmSync(join(root, 'link')), symlinkSync('b', join(root, 'link'))),
  ],
  ['was a link', (root) => (rmSync(join(root, 'link')), writeFileSync(join(root, 'link'), 'a'))],
  ['is a directory, and new', (root) => mkdirSync(join(root, 'empty'))],
  ['is a directory that others may not read', (root) => chmodSync(join(root, 'folder'), 0o700)],
  ['is a directory that is gone', (root) => rmSync(join(root, 'folder'), { recursive: true })],
])('an entry that %s is seen, and the archive is that of the tree as it is', async (_what, change) => {
  const [root, index] = [plant(), temporaryFolder()];
  const before = await readParts(archiveIndexed(root, index));
  change(root);
  const archive = archiveIndexed(root, index);
  expect(await archive.known()).toBeUndefined();
  const after = await readParts(archive);
  const fresh = await readParts(packFolder(root));
  expect(after.summary).toEqual(fresh.summary);
  expect(after.bytes.equals(fresh.bytes)).toBe(true);
  expect(after.summary.digest).not.toBe(before.summary.digest);
  expect(await archiveIndexed(root, index).known()).toEqual(after.summary);
});

test.each<[what: string, change: (root: string) => void]>([
  ['times', (root) => utimesSync(join(root, 'b'), 1, 1)],
  [
    'inodes',
    (root) => (writeFileSync(join(root, 'n'), 'b as it was'), renameSync(join(root, 'n'), join(root, 'b'))),
  ],
])('%s that changed alone cost a look, and the digest is the same', async (_what, change) => {
  const [root, index] = [plant(), temporaryFolder()];
  const before = await readParts(archiveIndexed(root, index));
  change(root);
  const archive = archiveIndexed(root, index);
  expect(await archive.known()).toBeUndefined();
  expect((await readParts(archive)).summary).toEqual(before.summary);
});

test('with times in the archive, those of directories and links count as well', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const pack = { mtime: 'keep' } as const;
  await readParts(archiveIndexed(root, index, later, pack));
  expect(await archiveIndexed(root, index, later, pack).known()).toBeDefined();
  utimesSync(join(root, 'folder'), 1, 1);
  expect(await archiveIndexed(root, index, later, pack).known()).toBeUndefined();
});

test('other Dockerfiles, rules or seals make it another archive', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index));
  const dockerfiles = [Buffer.from('FROM other\n')];
  expect(await archiveIndexed(root, index, later, { dockerfiles }).known()).toBeUndefined();
  expect(await archiveIndexed(root, index, later, { ignore: 'b' }).known()).toBeUndefined();
  expect(await archiveIndexed(root, index, later, { options: { seal: 'abc' } }).known()).toBeUndefined();
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('a file written shortly before it was read is read once more, since it may have been written again unseen', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index, Date.now));
  const second = archiveIndexed(root, index);
  expect(await second.known()).toBeUndefined();
  expect((await readParts(second)).summary).toEqual(summary);
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('an index from the future is not believed: the clock was set back', async () => {
  const [root, index] = [plant(), temporaryFolder()];
  const { summary } = await readParts(archiveIndexed(root, index));
  expect(await archiveIndexed(root, index, () => later() - 5000).known()).toBeUndefined();
  expect(await archiveIndexed(root, index).known()).toEqual(summary);
});

test('a root that was moved and another put in its place has an index of its own', async () => {
  const [root, index] = [join(temporaryFolder(), 'root'), temporaryFolder()];
  renameSync(plant(), root);
  await readParts(archiveIndexed(root, index));
  renameSync(root, `${root}-moved`);
  renameSync(plant(), root);
  expect(await archiveIndexed(root, index).known()).toBeUndefined();
  expect(await archiveIndexed(`${root}-moved`, index).known()).toBeUndefined();
});
