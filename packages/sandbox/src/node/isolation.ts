import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { KanikitError } from '@kanikit/spec';
import { runCommand } from '../executor/run-command.ts';
import { toolPath } from './host-tools.ts';

/** How containers are kept from the machine. */
export type Isolation =
  /** Set up as root; the container's root has few capabilities and never sees the machine's files. */
  | { readonly kind: 'root'; readonly ownUsers: OwnUsers | undefined }
  /** An ordinary user: the container's root is this user, its other users are the user's sub-ids. */
  | { readonly kind: 'user'; readonly uidMap: IdMap; readonly gidMap: IdMap };

/** A user namespace of the container's own in which every id is itself; undefined where the kernel makes none, also for a build. */
export interface OwnUsers {
  readonly uidMap: IdMap;
  readonly gidMap: IdMap;
}

/** Lines of `inside outside count`, as `newuidmap` takes them. */
export type IdMap = readonly (readonly [inside: number, outside: number, count: number])[];

/** `CAP_SYS_ADMIN` in the masks of `/proc/self/status`. */
const sysAdminBit = 21n;

/** Finds out how containers can be isolated here. Throws `sandbox-isolation-unavailable` with what is missing and how to get it. */
export async function detectIsolation(signal: AbortSignal): Promise<Isolation> {
  const user = userInfo();
  if (user.uid === 0) {
    const status = await readFile('/proc/self/status', 'utf8');
    const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    if ((capabilities >> sysAdminBit) & 1n) {
      await probe(['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork', 'true'], signal);
      return { kind: 'root', ownUsers: await detectOwnUsers(signal) };
    }
    throw unavailable(
      'root has no CAP_SYS_ADMIN here, as in a container without extra rights',
      'Run the sandbox outside of a container, or give the container --privileged.',
    );
  }
  const uidMap = await subordinateMap('/etc/subuid', user.username, user.uid, user.uid);
  const gidMap = await subordinateMap('/etc/subgid', user.username, user.uid, user.gid);
  for (const program of ['newuidmap', 'newgidmap']) {
    await runCommand(program, [], { signal, env: { PATH: toolPath } }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw unavailable(
        `the program ${program} is not installed (${(error as Error).message})`,
        'Install it: package "uidmap" on Debian and Ubuntu, "shadow-utils" on Fedora. Or run the sandbox as root.',
      );
    });
  }
  await probe(['unshare', '--user', '--mount', '--pid', '--uts', '--ipc', '--fork', 'true'], signal);
  return { kind: 'user', uidMap, gidMap };
}

async function detectOwnUsers(signal: AbortSignal): Promise<OwnUsers | undefined> {
  const result = await tryOut(['unshare', '--user', '--fork', 'true'], signal);
  if (result.exitCode !== 0) return undefined;
  const [uidMap, gidMap] = await Promise.all(['uid_map', 'gid_map'].map(identityMap));
  return { uidMap: uidMap!, gidMap: gidMap! };
}

/** Every id that this process has, mapped to itself: all of them, or fewer in a container. */
async function identityMap(file: string): Promise<IdMap> {
  const text = await readFile(`/proc/self/${file}`, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([inside = 0, , count = 0]) => [inside, inside, count] as const);
}

function tryOut(command: readonly string[], signal: AbortSignal): ReturnType<typeof runCommand> {
  const [file, ...args] = command as [string, ...string[]];
  return runCommand(file, args, { signal, env: { PATH: toolPath } });
}

async function probe(command: readonly string[], signal: AbortSignal): Promise<void> {
  const result = await tryOut(command, signal);
  if (result.exitCode === 0) return;
  throw unavailable(
    `the kernel does not allow new namespaces here (${result.errorTail.trim()})`,
    'Ordinary users need user namespaces: see kernel.unprivileged_userns_clone, user.max_user_namespaces and kernel.apparmor_restrict_unprivileged_userns. Or run the sandbox as root.',
  );
}

async function subordinateMap(file: string, name: string, uid: number, own: number): Promise<IdMap> {
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [owner, start, count] = line.split(':');
    if (owner !== name && owner !== String(uid)) continue;
    if (Number(count) > 0) return [[0, own, 1] as const, [1, Number(start), Number(count)] as const];
  }
  throw unavailable(
    `the user ${name} has no sub-ids in ${file}`,
    `Give some: sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`,
  );
}

function unavailable(reason: string, hint: string): KanikitError {
  return new KanikitError({
    code: 'sandbox-isolation-unavailable',
    message: `Preparing the sandbox's node failed: ${reason}.`,
    hint,
  });
}
