import { linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { SeededRandom } from '@kanikit/testing';
import { randomName } from './random-path.ts';

const slash = Buffer.from('/');
const deepestLevel = 4;

/** Fills a folder with about `entries` directories, files and links of random names; returns their paths, relative. */
export function growRandomTree(random: SeededRandom, root: string, entries: number): readonly Buffer[] {
  const folders: Buffer[][] = [[]];
  const paths: Buffer[] = [];
  for (let index = 0; index < entries; index += 1) {
    const folder = random.pick(folders);
    const parts = [...folder, randomName(random)];
    const path = join(parts);
    const onDisk = Buffer.concat([Buffer.from(root), slash, path]);
    if (lstatSync(onDisk, { throwIfNoEntry: false }) !== undefined) continue;
    const luck = random.next();
    if (luck < 0.4 && parts.length < deepestLevel) {
      mkdirSync(onDisk);
      folders.push(parts);
    } else if (luck < 0.45) symlinkSync(luck < 0.425 ? '.' : 'nowhere', onDisk);
    else if (luck < 0.5 && paths.length > 0) linkFile(root, random.pick(paths), onDisk);
    else writeFileSync(onDisk, path);
    paths.push(path);
  }
  return paths;
}

function linkFile(root: string, target: Buffer, path: Buffer): void {
  const source = Buffer.concat([Buffer.from(root), slash, target]);
  if (lstatSync(source).isFile()) linkSync(source, path);
  else writeFileSync(path, '');
}

function join(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [slash, part])));
}
