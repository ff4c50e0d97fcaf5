import type { SeededRandom } from '@kanikit/testing';

/** A path of a tree to be made; parents come before what is in them. */
export type PlannedEntry =
  | { readonly type: 'directory'; readonly path: string }
  | {
      readonly type: 'file';
      readonly path: string;
      readonly sizeBytes: number;
      readonly isExecutable: boolean;
    }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

/** Files of the own sources; the rest lies under `node_modules` and `dist`. */
const ownShare = 0.3;
const distShare = 0.07;
const filesPerPackage = 400;
const filesPerDependency = 120;
const newDirectoryChance = 0.14;
const deepestLevel = 6;
/** Of the logarithm of sizes: half of the files are smaller than about 2 kB, few reach the largest. */
const sizeMedianBytes = 2063;
const sizeSpread = 1.3;
const largestBytes = 60_000;
const symlinkEvery = 300;

const stems =
  'index main parse render server client model route query store view hook schema event token cache'.split(
    ' ',
  );
const extensions = ['.ts', '.js', '.js', '.tsx', '.json', '.css', '.md', '.d.ts', '.js.map', '.py', '.log'];

/** What a repository with installed dependencies and build results looks like, in numbers and names. */
export function* planTree(random: SeededRandom, files: number): Generator<PlannedEntry, void> {
  const own = Math.round(files * ownShare);
  const dist = Math.round(files * distShare);
  const packages = Math.max(1, Math.round(own / filesPerPackage));
  yield* directories('packages', 'node_modules');
  yield { type: 'file', path: 'README.md', sizeBytes: sizeOf(random), isExecutable: false };
  yield { type: 'file', path: 'package.json', sizeBytes: sizeOf(random), isExecutable: false };
  for (let index = 0; index < packages; index += 1) {
    const path = index === 0 ? 'packages/app' : `packages/${random.pick(stems)}-${index}`;
    yield* directories(path, `${path}/src`, `${path}/dist`);
    yield { type: 'file', path: `${path}/dist/schema.json`, sizeBytes: sizeOf(random), isExecutable: false };
    yield* planUnit(random, `${path}/src`, share(own - 2, packages, index));
    yield* planUnit(random, `${path}/dist`, share(dist, packages, index) - 1);
  }
  const dependencies = Math.max(1, Math.round((files - own - dist) / filesPerDependency));
  for (let index = 0; index < dependencies; index += 1) {
    const path = `node_modules/${index % 3 === 0 ? '@' : ''}${random.pick(stems)}-${index}`;
    yield* directories(path);
    yield* planUnit(random, path, share(files - own - dist, dependencies, index));
  }
}

function* directories(...paths: readonly string[]): Generator<PlannedEntry, void> {
  for (const path of paths) yield { type: 'directory', path };
}

function* planUnit(random: SeededRandom, root: string, files: number): Generator<PlannedEntry, void> {
  const folders = [{ path: root, level: 0 }];
  let last: string | undefined;
  for (let index = 0; index < files; index += 1) {
    let folder = random.pick(folders);
    if (random.chance(newDirectoryChance) && folder.level < deepestLevel) {
      folder = { path: `${folder.path}/${random.pick(stems)}-${folders.length}`, level: folder.level + 1 };
      folders.push(folder);
      yield { type: 'directory', path: folder.path };
    }
    const path = `${folder.path}/${random.pick(stems)}-${index}${random.pick(extensions)}`;
    if (index % symlinkEvery === symlinkEvery - 1 && last !== undefined) {
      yield { type: 'symlink', path, target: `${'../'.repeat(path.split('/').length - 1)}${last}` };
    } else {
      yield { type: 'file', path, sizeBytes: sizeOf(random), isExecutable: random.chance(0.02) };
      last = path;
    }
  }
}

function share(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}

function sizeOf(random: SeededRandom): number {
  // Box and Muller: two even draws make one from the normal distribution.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.min(largestBytes, Math.round(sizeMedianBytes * Math.exp(sizeSpread * normal)));
}
