import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { PackJob, PackResult } from './pack-job.ts';
import type { Packer } from './packers.ts';

export interface Measurement extends PackResult {
  /** From the start of the process to its end, as whoever waits for it sees it. */
  readonly seconds: number;
}

/** How often the memory of a shell's programs is looked at; they keep their peak themselves until they end. */
const sampleEveryMs = 20;

/** Runs a packer once. Throws when it fails. */
export async function measure(packer: Packer, job: PackJob): Promise<Measurement> {
  const [file = '', ...args] = packer.command(job);
  const startedAt = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const peaks = new Map<number, number>();
  const sample = (): void => {
    if (packer.kind === 'shell') samplePeaks(child.pid!, peaks);
  };
  // At once, too: a small tree is packed before the timer goes off.
  sample();
  const timer = setInterval(sample, sampleEveryMs);
  try {
    const [output, [exitCode]] = await Promise.all([
      text(child.stdout),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    const seconds = (performance.now() - startedAt) / 1000;
    if (exitCode !== 0) throw new Error(`${packer.name} ended with ${exitCode}`);
    if (packer.kind === 'node') return { ...(JSON.parse(output) as PackResult), seconds };
    const peakBytes = [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
    return { seconds, bytesOut: statSync(job.output).size, peakBytes, ownPaths: [] };
  } finally {
    clearInterval(timer);
  }
}

/** Adds what Linux keeps as the peak of a process and of all that it started. */
function samplePeaks(pid: number, peaks: Map<number, number>): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(status)?.[1];
    if (kilobytes !== undefined) peaks.set(pid, Number(kilobytes) * 1024);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.split(' ')) if (child !== '') samplePeaks(Number(child), peaks);
  } catch (error) {
    // A process may end while it is looked at.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
  }
}
