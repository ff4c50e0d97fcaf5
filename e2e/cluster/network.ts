import { readdir, rmdir } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { layout, nodes } from './layout.ts';
import { run, tryRun } from './run.ts';

/** Locally administered. */
const bridgeAddress = '02:6b:61:6e:69:01';

/** Makes the bridge with an address for each node. */
export async function makeBridge(): Promise<void> {
  const { bridge } = layout;
  const there = await run('ip', '-o', 'link', 'show', 'type', 'bridge');
  if (there.includes(` ${bridge}:`)) return;
  // Without an address of its own a bridge takes the lowest of what hangs on it: with each pod that comes or goes it may change, and other pods then send to nobody for half a minute.
  await run('ip', 'link', 'add', bridge, 'address', bridgeAddress, 'type', 'bridge');
  for (const { address } of nodes) await run('ip', 'address', 'add', `${address}/16`, 'dev', bridge);
  await run('ip', 'link', 'set', bridge, 'up');
}

/** Takes the bridge away, and with it what hung on it. */
export async function removeBridge(): Promise<void> {
  await tryRun('ip', 'link', 'delete', layout.bridge);
}

const cgroupRoot = '/sys/fs/cgroup';

/** Makes the group of each node in every hierarchy: the kubelet wants to find it. */
export async function makeCgroups(): Promise<void> {
  for (const folder of await hierarchies()) {
    for (const { cgroup } of nodes) await mkdir(join(folder, cgroup), { recursive: true });
  }
}

/** Removes the groups, the innermost first. They must be empty of processes. */
export async function removeCgroups(): Promise<void> {
  for (const folder of await hierarchies()) {
    for (const { cgroup } of nodes) await removeGroup(join(folder, cgroup));
  }
}

async function removeGroup(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeGroup(join(folder, entry.name));
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** One folder with the unified hierarchy, one for each controller with the old ones. */
async function hierarchies(): Promise<readonly string[]> {
  const entries = await readdir(cgroupRoot, { withFileTypes: true });
  if (entries.some(({ name }) => name === 'cgroup.controllers')) return [cgroupRoot];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(cgroupRoot, name));
}
