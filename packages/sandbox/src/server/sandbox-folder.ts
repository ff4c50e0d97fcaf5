import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { KanikitError } from '@kanikit/spec';
import { makeFolder, userFolder } from '@kanikit/toolkit/folders';
import { asSentence, errorWords } from '@kanikit/toolkit/text';
import { writePrivateFile } from './private-file.ts';

/** Where the parts of a sandbox are kept in its folder. */
export interface SandboxPaths {
  readonly folder: string;
  /** Says that the folder is a sandbox, and holds its ports. */
  readonly marker: string;
  readonly credentials: string;
  readonly kubeconfig: string;
  /** Folder of a `config.json` with the registry's password, as `DOCKER_CONFIG` names it. */
  readonly docker: string;
  /** How the running sandbox can be reached. */
  readonly running: string;
  readonly log: string;
  readonly tls: string;
  readonly objects: string;
  readonly registry: string;
  readonly bucket: string;
  readonly node: string;
}

/** `$XDG_DATA_HOME/kanikit/sandbox`, or the same below `~/.local/share`. */
export function defaultSandboxFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(userFolder('data', env), 'kanikit', 'sandbox');
}

export function sandboxPaths(given: string | undefined): SandboxPaths {
  const folder = resolve(given ?? defaultSandboxFolder());
  const at = (name: string) => join(folder, name);
  return {
    folder,
    marker: at('sandbox.json'),
    credentials: at('credentials.json'),
    kubeconfig: at('kubeconfig'),
    docker: at('docker'),
    running: at('running.json'),
    log: at('daemon.log'),
    tls: at('tls'),
    objects: at('cluster'),
    registry: at('registry'),
    bucket: at('bucket'),
    node: at('node'),
  };
}

/** What the marker file holds. */
export interface SandboxMarker {
  readonly schema: 'kanikit.sandbox/1';
  readonly ports: Readonly<Record<string, number>>;
}

/** The marker of a folder, or undefined when it is no sandbox. Throws `sandbox-broken` when it can't be read. */
export async function readMarker(paths: SandboxPaths): Promise<SandboxMarker | undefined> {
  try {
    const marker = JSON.parse(await readFile(paths.marker, 'utf8')) as SandboxMarker;
    if (marker.schema === 'kanikit.sandbox/1') return marker;
    throw new Error(`unknown schema ${JSON.stringify(marker.schema)}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Nothing can be below a file.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new KanikitError({
      code: 'sandbox-broken',
      message: asSentence(`Reading ${paths.marker} failed: ${errorWords(error)}`),
      hint:
        code === undefined
          ? 'If nothing in this sandbox is needed any more, delete its folder.'
          : 'Look at the rights of this file and of the folders above it, or choose another folder (XDG_DATA_HOME).',
      cause: error,
    });
  }
}

export function writeMarker(paths: SandboxPaths, ports: Readonly<Record<string, number>>): Promise<void> {
  const marker: SandboxMarker = { schema: 'kanikit.sandbox/1', ports };
  return writePrivateFile(paths.marker, `${JSON.stringify(marker, undefined, 2)}\n`);
}

/** What a first start that was killed may leave behind. */
const ownNames = [
  'daemon.log',
  'lock',
  'holder.json',
  'credentials.json',
  'docker',
  'tls',
  'cluster',
  'registry',
  'bucket',
  'node',
];

/** Throws `sandbox-folder-in-use` for a folder of another user: what its files say is not believed, by root least of all. */
export async function refuseForeignFolder(folder: string): Promise<void> {
  const { uid } = await stat(folder);
  if (uid === userInfo().uid) return;
  throw new KanikitError({
    code: 'sandbox-folder-in-use',
    message: `Using the sandbox in ${folder} failed: the folder belongs to another user (id ${uid}).`,
    hint: 'Run kanikit as that user, or choose a folder of your own (XDG_DATA_HOME).',
  });
}

/**
 * Makes the folder, readable by its owner alone. Throws `sandbox-folder-in-use` for a folder with other people's files, `sandbox-folder-unwritable` where
 * there can be none.
 */
export async function prepareFolder(paths: SandboxPaths): Promise<void> {
  const marker = await readMarker(paths);
  if (marker !== undefined) await refuseForeignFolder(paths.folder);
  try {
    await makeFolder(paths.folder, 0o700);
  } catch (error) {
    throw unwritable(paths.folder, error);
  }
  const names = marker === undefined ? await readdir(paths.folder) : [];
  const own = new Set(ownNames);
  const foreign = names.find((name) => !own.has(name.replace(/\.\d+\.new$/, '')));
  if (foreign !== undefined)
    throw new KanikitError({
      code: 'sandbox-folder-in-use',
      message: `Starting a sandbox in ${paths.folder} failed: the folder holds other files (${foreign}).`,
      hint: 'Choose an empty folder or one that does not exist yet.',
    });
  await chmod(paths.folder, 0o700);
}

function unwritable(folder: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'sandbox-folder-unwritable',
    message: asSentence(`Making the folder ${folder} of the sandbox failed: ${errorWords(cause)}`),
    hint: 'Choose a folder that you can write: its parent is XDG_DATA_HOME, else .local/share in HOME.',
    cause,
  });
}
