import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { layout, nodes } from './layout.ts';
import { removeBridge, removeCgroups } from './network.ts';
import { stopProcess } from './process.ts';
import { run, tryRun } from './run.ts';
import { processIds } from '../src/parts/process-ids.ts';

/** Stops everything and removes every trace: processes, containers, mounts, groups, rules, the bridge, the folders. */
export async function removeCluster(): Promise<void> {
  // Who starts things goes first.
  for (const { name } of nodes) await stopProcess(`kubelet-${name}`);
  const rest = ['kube-proxy', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd'];
  await Promise.all([...rest, 'registry', 'versitygw'].map((name) => stopProcess(name)));
  for (const node of nodes) {
    await stopProcess(`containerd-${node.name}`);
    await killBelow(node.run);
  }
  await unmountBelow(layout.run);
  await unmountBelow(layout.data);
  await removeServiceRules();
  await removeBridge();
  await removeNetworkNamespaces();
  await removeCgroups();
  await removeLogLinks();
  await rm(layout.run, { recursive: true, force: true });
  await rm(layout.data, { recursive: true, force: true });
}

/** Ends the shims of containers, which outlive containerd, and what runs in them. */
async function killBelow(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const found = await processesOf(folder);
    if (found.length === 0) return;
    for (const pid of found) tryKill(pid);
    await delay(50);
  }
}

async function processesOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  const groups = nodes.map(({ cgroup }) => `/${cgroup}/`);
  for (const pid of await processIds()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const group = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (command.includes(folder) || groups.some((name) => group.includes(name))) found.push(pid);
  }
  return found.filter((pid) => pid !== process.pid);
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself meanwhile.
  }
}

/** The innermost mounts first. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toSorted().toReversed()) await run('umount', '-l', path.replaceAll('\\040', ' '));
}

/** Chains that the service proxy made; those of other programs stay. */
async function removeServiceRules(): Promise<void> {
  for (const table of ['nat', 'filter', 'mangle']) {
    const rules = await run('iptables-save', '-t', table).catch(() => '');
    const lines = rules.split('\n').filter((line) => /KUBE-/.test(line));
    for (const line of lines.filter((text) => /^-A (?!KUBE-)/.test(text))) {
      await tryRun('iptables', '-t', table, ...split(line.replace(/^-A/, '-D')));
    }
    const chains = lines
      .filter((line) => line.startsWith(':'))
      .map((line) => line.slice(1).split(' ')[0] ?? '');
    for (const chain of chains) await tryRun('iptables', '-t', table, '-F', chain);
    for (const chain of chains) await tryRun('iptables', '-t', table, '-X', chain);
  }
}

/** The kubelet links the logs of containers here, whatever folder they are in. */
async function removeLogLinks(): Promise<void> {
  const folder = '/var/log/containers';
  for (const name of await readdir(folder).catch(() => [])) {
    const target = await readlink(join(folder, name)).catch(() => '');
    if (target.startsWith(`${layout.data}/`)) await rm(join(folder, name), { force: true });
  }
}

/** Words of a saved rule; a comment in quotes is one. */
function split(rule: string): readonly string[] {
  return [...rule.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** containerd names the networks of its pods `cni-…` and forgets them when it is killed; only those of ours have no process left. */
async function removeNetworkNamespaces(): Promise<void> {
  const folder = join('/run', 'netns');
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('cni-')) continue;
    const users = await run('ip', 'netns', 'pids', name).catch(() => 'unknown');
    if (users.trim() === '') await tryRun('ip', 'netns', 'delete', name);
  }
}
