import { boundingSet } from './capabilities.ts';
import type { ContainerPlan } from './container-plan.ts';
import type { HostTools } from './host-tools.ts';
import type { Isolation } from './isolation.ts';
import { quote } from './quote.ts';
import { carrierLines, variableScript } from './variable-script.ts';

/** One mount of a container beyond its root, `/proc` and `/dev`. */
export interface PlannedMount {
  readonly source: string;
  readonly target: string;
  readonly kind: 'folder' | 'file' | 'memory';
  readonly readOnly: boolean;
  readonly sizeBytes?: number;
}

export interface SetupInput {
  readonly plan: ContainerPlan;
  readonly root: string;
  readonly tools: HostTools;
  readonly isolation: Isolation;
  readonly mounts: readonly PlannedMount[];
  /** `cgroup.procs` files to enter. */
  readonly cgroupFiles: readonly string[];
}

/** Hidden from containers, as runc hides them. */
const maskedPaths: readonly string[] = [
  'proc/acpi',
  'proc/asound',
  'proc/interrupts',
  'proc/kcore',
  'proc/keys',
  'proc/key-users',
  'proc/kmsg',
  'proc/latency_stats',
  'proc/sched_debug',
  'proc/scsi',
  'proc/timer_list',
  'proc/timer_stats',
  'sys/firmware',
  'sys/devices/virtual/powercap',
];
const readOnlyPaths: readonly string[] = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'];

/**
 * The shell script that turns a process in fresh namespaces into a container and becomes its program. Standard error goes to descriptor 3 until
 * then: it says `map` when it waits for its ids to be mapped (one line on descriptor 4), `ready` before it becomes the program, or what failed.
 */
export function setupScript(input: SetupInput): string {
  const { plan, root, tools, isolation } = input;
  const run = (program: string): string => `${tools.prefix}${program}`;
  const isPlainRoot = isolation.kind === 'root';
  return [
    'set -e',
    'umask 022',
    // The cgroup namespace comes after the cgroups, so that these are the roots the container sees.
    'if [ "${1:-}" != inside ]; then',
    '  exec 5>&2 2>&3',
    ...input.cgroupFiles.map((file) => `  echo 0 > ${quote(file)}`),
    '  exec unshare --cgroup sh "$0" inside',
    'fi',
    isolation.kind === 'root'
      ? `echo ${quote(plan.hostname)} > /proc/sys/kernel/hostname`
      : `hostname ${quote(plan.hostname)} || :`,
    'ulimit -c 0 || :',
    'echo 900 > /proc/self/oom_score_adj || :',
    `mount -n --bind ${quote(root)} ${quote(root)}`,
    `cd ${quote(root)}`,
    ...(isPlainRoot ? ['mount -n -o remount,bind,nodev .'] : []),
    'mount -n -t proc -o nosuid,nodev,noexec proc proc',
    ...(isPlainRoot ? ['mount -n -t sysfs -o ro,nosuid,nodev,noexec sysfs sys'] : []),
    ...deviceLines(isolation),
    // The container's own: root could change the mode of the machine's.
    '[ -p proc/self/fd/0 ] || exec 0< dev/null',
    ...input.mounts.flatMap((mount) => mountLines(mount, isPlainRoot)),
    ...userLimitLines(isolation),
    ...hidingLines(),
    ...(plan.security.readOnlyRootFilesystem ? ['mount -n -o remount,bind,ro,nodev .'] : []),
    `mount -n --bind ${quote(tools.folder)} .kanikit`,
    'pivot_root . .kanikit/old',
    // From here only what lies in this folder can be started; it goes away with the last program that was.
    'cd /.kanikit',
    `${run('umount')} -n -l /.kanikit/old`,
    `${run('umount')} -n -l /.kanikit`,
    plan.security.readOnlyRootFilesystem ? ':' : `${run('rmdir')} /.kanikit`,
    ...becomeLines(input, run),
  ].join('\n');
}

function deviceLines(isolation: Isolation): string[] {
  const nodes = [
    ['null', '1 3'],
    ['zero', '1 5'],
    ['full', '1 7'],
    ['random', '1 8'],
    ['urandom', '1 9'],
    ['tty', '5 0'],
  ] as const;
  return [
    'mount -n -t tmpfs -o nosuid,noexec,mode=755,size=65536k tmpfs dev',
    'mkdir dev/pts dev/shm dev/mqueue',
    ...nodes.map(([name, numbers]) =>
      isolation.kind === 'root'
        ? `mknod -m 666 dev/${name} c ${numbers}`
        : `touch dev/${name}; mount -n --bind /dev/${name} dev/${name}`,
    ),
    'mount -n -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5,nosuid,noexec devpts dev/pts',
    'mount -n -t tmpfs -o nosuid,nodev,noexec,mode=1777,size=65536k shm dev/shm',
    'mount -n -t mqueue -o nosuid,nodev,noexec mqueue dev/mqueue',
    'ln -s pts/ptmx dev/ptmx',
    'ln -s /proc/self/fd dev/fd',
    'ln -s /proc/self/fd/0 dev/stdin',
    'ln -s /proc/self/fd/1 dev/stdout',
    'ln -s /proc/self/fd/2 dev/stderr',
    'ln -s /proc/kcore dev/core',
  ];
}

function mountLines(mount: PlannedMount, isPlainRoot: boolean): string[] {
  const target = quote(`.${mount.target}`);
  const parent = quote(`.${mount.target.slice(0, mount.target.lastIndexOf('/'))}/`);
  const options = mount.readOnly ? 'remount,bind,ro,nosuid,nodev' : 'remount,bind,nodev';
  // In a user namespace device nodes do not work anyway, and flags the machine set must not be cleared.
  const protect = isPlainRoot
    ? [`mount -n -o ${options} ${target}`]
    : mount.readOnly
      ? [`mount -n -o ${options} ${target} || mount -n -o ${options},noexec ${target}`]
      : [];
  switch (mount.kind) {
    case 'memory':
      return [
        `mkdir -p ${target}`,
        `mount -n -t tmpfs -o nodev,mode=1777,size=${mount.sizeBytes ?? 0} tmpfs ${target}`,
      ];
    case 'folder':
      return [`mkdir -p ${target}`, `mount -n --bind ${quote(mount.source)} ${target}`, ...protect];
    case 'file':
      return [
        `mkdir -p ${parent}`,
        `[ -e ${target} ] || touch ${target}`,
        `mount -n --bind ${quote(mount.source)} ${target}`,
        ...protect,
      ];
    default:
      return mount.kind satisfies never;
  }
}

/**
 * What the users of a container may have at most of what the kernel counts by user (`/proc/sys/user`). Without namespaces of its own a build gets no
 * rights over mounts, and so none over control groups. The other limits are below those of a machine, which a container would use up for its user.
 */
const userLimits: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'].map((kind) => [
      `max_${kind}_namespaces`,
      0,
    ]),
  ),
  max_inotify_instances: 64,
  max_inotify_watches: 4096,
  max_fanotify_groups: 64,
  max_fanotify_marks: 4096,
};

function limitLines(folder: string): string[] {
  // Kernels before 5.13 do not count all of them.
  return Object.entries(userLimits).map(
    ([name, value]) => `[ ! -e ${folder}/${name} ] || echo ${value} > ${folder}/${name}`,
  );
}

/** The limits are set from inside of the namespace that they are for, which root enters last: its `/proc` is read-only by then, so another one is kept open. */
function userLimitLines(isolation: Isolation): string[] {
  if (isolation.kind === 'user') return limitLines('proc/sys/user');
  if (isolation.ownUsers === undefined) return [];
  return [
    'mount -n -t proc -o nosuid,nodev,noexec proc .kanikit',
    'exec 6<.kanikit',
    'umount -n -l .kanikit',
  ];
}

function hidingLines(): string[] {
  return [
    `for path in ${maskedPaths.join(' ')}; do`,
    '  if [ -d "$path" ]; then mount -n -t tmpfs -o ro,nosuid,nodev,noexec,size=4k tmpfs "$path"',
    '  elif [ -e "$path" ]; then mount -n --bind dev/null "$path"; fi',
    'done',
    `for path in ${readOnlyPaths.join(' ')}; do`,
    '  [ -e "proc/$path" ] || continue',
    '  mount -n --bind "proc/$path" "proc/$path"',
    '  mount -n -o remount,bind,ro,nosuid,nodev,noexec "proc/$path"',
    'done',
  ];
}

/** Drops what the container may not have, then becomes its program, in its folder, with its environment and nothing else open. */
function becomeLines(input: SetupInput, run: (program: string) => string): string[] {
  const { plan } = input;
  const { security } = plan;
  const kept = boundingSet(security.capabilities);
  const groups = plan.supplementalGroups;
  const privileges = [
    run('setpriv'),
    groups.length === 0 ? '--clear-groups' : `--groups ${groups.join(',')}`,
    '--pdeathsig SIGKILL',
    '--inh-caps -all',
    `--bounding-set ${['-all', ...kept.map((name) => `+${name}`)].join(',')}`,
    ...(security.allowPrivilegeEscalation === false ? ['--no-new-privs'] : []),
    ...(security.runAsGroup === undefined ? [] : [`--regid ${security.runAsGroup}`]),
    ...(security.runAsUser === undefined ? [] : [`--reuid ${security.runAsUser}`]),
  ];
  return [
    ...carrierLines(plan.env),
    // The folder has no path any more; without one a shell complains, and the program's log would begin with that.
    'export PWD=/proc/self/cwd',
    ...startLines(input.isolation, run, [
      ...privileges,
      run('sh'),
      '-c',
      quote(variableScript(plan, run('env'))),
      'sh',
      ...plan.command.map(quote),
    ]),
  ];
}

function startLines(
  isolation: Isolation,
  run: (program: string) => string,
  command: readonly string[],
): string[] {
  const letGo = ['echo ready >&2', 'exec 2>&5 5>&- 3>&- 4<&-'];
  if (isolation.kind === 'user' || isolation.ownUsers === undefined)
    return [...letGo, ['exec', ...command].join(' ')];
  // The mounts stay those of the machine's root: no right in the new namespace is one over them.
  const enter = `echo map >&2; read go <&4 || exit 1; exec ${run('sh')} -c "$0" sh "$@"`;
  const limit = ['set -e', ...limitLines('/proc/self/fd/6/sys/user'), 'exec 6<&-', ...letGo, 'exec "$@"'];
  return [
    [
      'exec',
      run('unshare'),
      '--user',
      run('sh'),
      '-c',
      quote(enter),
      quote(limit.join('\n')),
      ...command,
    ].join(' '),
  ];
}
