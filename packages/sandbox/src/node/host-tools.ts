import { constants } from 'node:fs';
import { access, copyFile, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { runCommand } from '../executor/run-command.ts';

/** Programs of this machine that set up a container. They live in one folder that the container sees only until it starts. */
export interface HostTools {
  /** Copies of the programs needed after the root was changed, with their libraries; holds an empty folder `old`. */
  readonly folder: string;
  /** How one of them is started from inside that folder, e.g. `./ld-linux-x86-64.so.2 --library-path . ./umount`. */
  readonly prefix: string;
}

const neededBefore = ['sh', 'unshare', 'setpriv', 'mount', 'pivot_root', 'mkdir', 'touch', 'ln'];
const neededAfter = ['sh', 'umount', 'rmdir', 'setpriv', 'env', 'unshare'];

/** Where administration programs are, beside the user's PATH. */
export const toolPath: string = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
].join(delimiter);

/** Finds and copies the programs. Throws `sandbox-tools-missing` that names the ones this machine lacks. */
export async function collectHostTools(folder: string, signal: AbortSignal): Promise<HostTools> {
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const name of new Set([...neededBefore, ...neededAfter])) {
    const path = await findProgram(name);
    if (path === undefined) missing.push(name);
    else found.set(name, path);
  }
  if (missing.length > 0) throw toolsMissing(missing);
  const staging = `${folder}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(join(staging, 'old'), { recursive: true });
  const libraries = await Promise.all(neededAfter.map((name) => librariesOf(found.get(name)!, signal)));
  const programs = neededAfter.map((name) => [found.get(name)!, name] as const);
  const linked = [...new Set(libraries.flat())].map((path) => [path, basename(path)] as const);
  await Promise.all([...programs, ...linked].map(([path, name]) => copyFile(path, join(staging, name))));
  const loader = linked.find(([, name]) => /^ld[-.]|^ld-musl|^ld64/.test(name))?.[1];
  if (linked.length > 0 && loader === undefined) throw toolsMissing(['ld.so']);
  await rm(folder, { recursive: true, force: true });
  await rename(staging, folder);
  return { folder, prefix: loader === undefined ? './' : `./${loader} --library-path . ./` };
}

async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of toolPath.split(delimiter)) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return await realpath(path);
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

/** Absolute paths of the loader and the libraries of a program; none for a static one. */
async function librariesOf(path: string, signal: AbortSignal): Promise<readonly string[]> {
  const result = await runCommand('ldd', [path], { signal, env: { PATH: toolPath, LC_ALL: 'C' } });
  if (result.exitCode !== 0) return [];
  const paths = [...result.output.matchAll(/(?:=>[ \t]*|^[ \t]*)(\/\S+)/gm)].map((match) => match[1]!);
  return paths;
}

function toolsMissing(names: readonly string[]): KanikitError {
  return new KanikitError({
    code: 'sandbox-tools-missing',
    message: `Preparing the sandbox's node failed: this machine lacks ${names.join(', ')}.`,
    hint: 'Install util-linux and coreutils (on Debian, Ubuntu and Fedora they are part of the system).',
  });
}
