import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect, temporaryFolder } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { packFolder } from '../testing/pack-folder.ts';

/** A number from 0 to 1 that depends on the words alone. */
const draw = (...words: (string | number)[]): number =>
  createHash('sha256').update(words.join('/')).digest().readUInt32BE() / 2 ** 32;

function grow(folder: string, seed: number, depth: number, files: string[]): void {
  for (let index = 0; index < 7; index += 1) {
    const luck = draw(seed, folder, index);
    const path = join(folder, `${'näme-'.repeat(Math.ceil(draw(seed, folder, index, 'n') * 12))}${index}`);
    if (luck < 0.25 && depth > 0) {
      mkdirSync(path, { mode: 0o755 });
      grow(path, seed, depth - 1, files);
    } else if (luck < 0.35) symlinkSync(`../target-${index}`, path);
    else if (luck < 0.45 && files.length > 0) linkSync(files[0]!, path);
    else {
      writeFileSync(path, Buffer.alloc(Math.floor(draw(seed, path) ** 6 * 4_000_000), path));
      chmodSync(path, luck < 0.7 ? 0o644 : 0o755);
      files.push(path);
    }
  }
}

test.each([1, 2, 3, 4])('GNU tar unpacks random tree %i to the same files, modes and links', async (seed) => {
  const root = temporaryFolder();
  const out = temporaryFolder();
  grow(root, seed, 4, []);
  execFileSync('tar', ['-xzp', '-C', out, '--exclude=.kanikit.*'], {
    input: await collect(packFolder(root)),
  });
  execFileSync('sh', ['-c', 'diff -r --no-dereference "$1" "$2"', 'sh', root, out]);
  const list = (folder: string): string =>
    execFileSync('sh', [
      '-c',
      'cd "$1" && find . -mindepth 1 -printf "%P %y %#m %n\\n" | sort',
      'sh',
      folder,
    ]).toString();
  expect(list(out)).toBe(list(root));
});
