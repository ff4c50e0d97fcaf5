/**
 * containerd's default capabilities without MKNOD and NET_RAW: a build makes no device nodes and sends no raw packets, and the sandbox has no
 * seccomp filter and shares the machine's network.
 */
const keptCapabilities: readonly string[] = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'sys_chroot',
  'setfcap',
  'audit_write',
];

export interface CapabilityChanges {
  readonly add?: readonly string[];
  readonly drop?: readonly string[];
}

/** What a container may have at most, in the words of `setpriv`. */
export function boundingSet({ add = [], drop = [] }: CapabilityChanges = {}): readonly string[] {
  const added = new Set(add.map(wordOf));
  const dropped = new Set(drop.map(wordOf));
  return keptCapabilities.filter(
    (name) => added.has(name) || added.has('all') || !(dropped.has('all') || dropped.has(name)),
  );
}

/** True for a capability that a container can have. `ALL` is all of these. */
export function isKept(name: string): boolean {
  const word = wordOf(name);
  return word === 'all' || keptCapabilities.includes(word);
}

function wordOf(name: string): string {
  return name.toLowerCase().replace(/^cap_/, '');
}
