import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { checkSymlink } from './check-symlink.ts';

function check(target: string, more: Readonly<Record<string, string>> = {}): void {
  const root = temporaryFolder();
  mkdirSync(join(root, 'folder'));
  writeFileSync(join(root, 'file'), '');
  for (const [name, to] of Object.entries(more)) symlinkSync(to, join(root, name));
  symlinkSync(target, join(root, 'link'));
  checkSymlink('link', join(root, 'link'), target);
}

test.each<[target: string, more?: Readonly<Record<string, string>>]>([
  ['file'],
  ['folder'],
  ['dangling'],
  ['../outside'],
  ['/link/of/another/machine'],
  ['/proc/self/exe/x'],
  ['other', { other: 'file' }],
])('a link to %s %j is taken', (target, more) => {
  expect(() => check(target, more)).not.toThrow();
});

test.each<[target: string, what: string, more?: Readonly<Record<string, string>>]>([
  ['link', 'leads in a circle'],
  ['./link', 'leads in a circle'],
  ['other', 'leads in a circle', { other: 'link' }],
  ['file/below', 'leads through a file'],
  ['file/', 'leads through a file'],
])('a link to %s %s, and is refused by name', (target, what, more) => {
  expect(() => check(target, more)).toThrow(`the symbolic link "link" to "${target}" ${what}`);
});
