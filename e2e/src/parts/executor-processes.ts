import { readFile } from 'node:fs/promises';
import { processIds } from './process-ids.ts';

/** Processes of this machine that run an executor pushing to an image whose name begins so; those in containers, too. */
export async function executorProcesses(image: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await processIds()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith('/kaniko/executor\0') && command.includes(image)) found.push(pid);
  }
  return found;
}
