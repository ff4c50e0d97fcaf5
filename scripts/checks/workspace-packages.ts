import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the workspace. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the checks read of a package.json. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly sideEffects?: boolean;
  readonly engines?: { readonly node?: string };
  readonly repository?: { readonly directory?: string };
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace. */
export interface WorkspacePackage {
  /** Name of its folder: the name in docs/architecture.md. */
  readonly room: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: PackageJson;
  /** Absolute paths of all TypeScript files below `src`. */
  readonly sources: readonly string[];
}

/** Every package, applications and end-to-end tests included. */
export const packages: readonly WorkspacePackage[] = ['packages', 'apps', '.']
  .flatMap((parent) =>
    parent === '.' ? ['e2e'] : readdirSync(join(root, parent)).map((name) => join(parent, name)),
  )
  .map((path) => join(root, path))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .map((folder) => ({
    room: folder.slice(folder.lastIndexOf(sep) + 1),
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson,
    sources: filesBelow(join(folder, 'src')).filter((path) => /\.tsx?$/.test(path)),
  }));

/** Packages that are published. */
export const publicPackages: readonly WorkspacePackage[] = packages.filter(
  ({ manifest }) => manifest.private !== true,
);

/** A path as people write it: from the root of the workspace, with forward slashes. */
export function displayPath(path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** True for files that only tests load. */
export function isTestFile(path: string): boolean {
  return /\.test(?:-d|\.helper)?\.tsx?$|\/testing(?:\/|\.tsx?$)/.test(displayPath(path));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
