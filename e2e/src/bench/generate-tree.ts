import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom } from '@kanikit/testing';
import { planTree } from './plan-tree.ts';
import { createSourceText } from './source-text.ts';

/** A tree on this machine; the same for the same number of files, on every machine. */
export interface GeneratedTree {
  readonly root: string;
  /** Symlinks included. */
  readonly files: number;
  /** The root not included. */
  readonly directories: number;
  readonly sizeBytes: number;
}

/** To be raised when the same seed would give another tree. */
const version = 2;
const seed = 20_251_125;
/** Contents are cut out of this much text; far more than what gzip looks back on. */
const textBytes = 16 * 1024 * 1024;

/** Makes the tree, or finds that of an earlier run in `folder`. 100,000 files take some ten seconds and 700 MB of disk. */
export async function generateTree(files: number, folder: string = benchFolder()): Promise<GeneratedTree> {
  const home = join(folder, `tree-${version}-${files}`);
  const description = join(home, 'tree.json');
  if (!existsSync(description)) {
    const partial = `${home}.partial-${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const numbers = growTree(join(partial, 'root'), files);
    await writeFile(join(partial, 'tree.json'), JSON.stringify(numbers));
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home);
  }
  const numbers = JSON.parse(await readFile(description, 'utf8')) as Omit<GeneratedTree, 'root'>;
  return { root: join(home, 'root'), ...numbers };
}

/** Where trees are kept between runs: a folder of the user's cache. */
export function benchFolder(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  const cache = configured === undefined || configured === '' ? join(homedir(), '.cache') : configured;
  return join(cache, 'kanikit', 'bench');
}

function growTree(root: string, files: number): Omit<GeneratedTree, 'root'> {
  const random = createSeededRandom(seed);
  const text = createSourceText(random, textBytes);
  const numbers = { files: 0, directories: 0, sizeBytes: 0 };
  mkdirSync(root);
  for (const entry of planTree(random, files)) {
    const path = join(root, entry.path);
    switch (entry.type) {
      case 'directory': {
        mkdirSync(path);
        numbers.directories += 1;
        break;
      }
      case 'symlink': {
        symlinkSync(entry.target, path);
        numbers.files += 1;
        break;
      }
      case 'file': {
        const start = random.below(textBytes - entry.sizeBytes);
        writeFileSync(path, text.subarray(start, start + entry.sizeBytes), {
          mode: entry.isExecutable ? 0o755 : 0o644,
        });
        numbers.files += 1;
        numbers.sizeBytes += entry.sizeBytes;
      }
    }
  }
  return numbers;
}
