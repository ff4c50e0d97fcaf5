import { readdir, readFile } from 'node:fs/promises';

/** Processes of this machine that run an executor pushing to an image whose name begins so; those in containers, too. */
export async function executorProcesses(image: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // It may have ended since it was listed.
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith('/kaniko/executor\0') && command.includes(image)) found.push(Number(name));
  }
  return found;
}
