import { lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const places = {
  cache: { variable: 'XDG_CACHE_HOME', belowHome: ['.cache'] },
  config: { variable: 'XDG_CONFIG_HOME', belowHome: ['.config'] },
  data: { variable: 'XDG_DATA_HOME', belowHome: ['.local', 'share'] },
} as const;

/** Says where the user is at home by the password file; throws for a user who is not in it. */
type AskSystem = () => string;

const askPasswordFile: AskSystem = () => userInfo().homedir;

/**
 * The user's home folder, always absolute: `HOME`, else that of the password file, else `/`, as container runtimes have it. An empty or a relative
 * `HOME` names none.
 */
export function homeFolder(env: Env, ask: AskSystem = askPasswordFile): string {
  return knownHome(env, ask) ?? '/';
}

/**
 * A folder for the user's own files, always absolute: what its `XDG_…` variable names if that is absolute, else the usual place below the home
 * folder, else one for temporary files that belongs to the user, else the usual place below `/`.
 */
export function userFolder(kind: keyof typeof places, env: Env, ask: AskSystem = askPasswordFile): string {
  const { variable, belowHome } = places[kind];
  const named = env[variable];
  if (named !== undefined && isAbsolute(named)) return named;
  const home = knownHome(env, ask);
  return home === undefined ? join(temporaryHome(), ...belowHome) : join(home, ...belowHome);
}

function knownHome(env: Env, ask: AskSystem): string | undefined {
  const named = env['HOME'];
  if (named !== undefined && isAbsolute(named)) return named;
  try {
    const asked = ask();
    return isAbsolute(asked) ? asked : undefined;
  } catch {
    return undefined;
  }
}

let madeHome: string | undefined;

/** The same folder for all processes of a user, unless another user took its name. */
function temporaryHome(): string {
  const parent = resolve(tmpdir());
  const uid = process.getuid?.();
  const shared = join(parent, `kanikit-home-${uid ?? 'user'}`);
  try {
    mkdirSync(shared, { mode: 0o700 });
    return shared;
  } catch {
    const stats = lstatSync(shared, { throwIfNoEntry: false });
    const isOwn =
      stats?.isDirectory() === true && stats.uid === (uid ?? stats.uid) && (stats.mode & 0o022) === 0;
    if (isOwn) return shared;
  }
  madeHome ??= madeTemporaryHome(parent);
  return madeHome;
}

/** In a container that can write nothing there is no such folder; then it is `/`, where what can't be written is left out. */
function madeTemporaryHome(parent: string): string {
  try {
    return mkdtempSync(join(parent, 'kanikit-home-'));
  } catch {
    return '/';
  }
}
