import { readFile } from 'node:fs/promises';
import { processIds } from '../parts/process-ids.ts';

/** A process of a pod of this machine's nodes. */
export interface PodProcess {
  readonly pid: number;
  /** The first process of a container. */
  readonly isFirst: boolean;
  /** Keeps the pod's sandbox; does nothing else. */
  readonly isSandbox: boolean;
}

/** Processes of the pod, found by their group in the kernel, whatever the cluster says of it. */
export async function processesOf(uid: string): Promise<readonly PodProcess[]> {
  const found: PodProcess[] = [];
  for (const pid of await processIds()) {
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    if (!(await read('cgroup')).includes(`/pod${uid}/`)) continue;
    const command = await read('cmdline');
    // Processes that only wait to be buried have none.
    if (command === '') continue;
    const ids = /^NSpid:\s+(.*)$/m.exec(await read('status'))?.[1]?.split(/\s+/);
    found.push({
      pid,
      isFirst: ids?.at(-1) === '1',
      isSandbox: command === '/workload\0pause\0',
    });
  }
  return found;
}

/** Kills the executor of the pod, or what keeps its sandbox. Throws where there is none. */
export async function killIn(uid: string, part: 'executor' | 'sandbox'): Promise<void> {
  const processes = await processesOf(uid);
  const victim = processes.find(({ isFirst, isSandbox }) => isFirst && isSandbox === (part === 'sandbox'));
  if (victim === undefined) throw new Error(`pod ${uid} has no ${part}: ${JSON.stringify(processes)}`);
  process.kill(victim.pid, 'SIGKILL');
}
