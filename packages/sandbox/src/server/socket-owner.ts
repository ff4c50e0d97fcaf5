import { readdir, readFile, readlink } from 'node:fs/promises';

/** Process that listens on a socket of Linux' abstract namespace, asked of the kernel; undefined when none of this user's does. */
export async function listenerOf(name: string): Promise<number | undefined> {
  const shown = name.replaceAll('\0', '@');
  const lines = (await readFile('/proc/net/unix', 'utf8'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  // Columns: address, reference count, protocol, flags, type, state, inode, path. The flag says "listens".
  const inodes = lines
    .filter(([, , , flags, , , , path]) => path === shown && flags === '00010000')
    .map(([, , , , , , inode]) => `socket:[${inode}]`);
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    for (const link of await openFiles(pid)) if (inodes.includes(link)) return Number(pid);
  }
  return undefined;
}

async function openFiles(pid: string): Promise<readonly string[]> {
  // Processes end, and those of others may not be looked into: neither is the one that is sought.
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
}
