import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerPlan } from './container-plan.ts';
import type { PodFolder } from './pod-folder.ts';
import { formatSeconds, type TerminatedState } from './pod-status.ts';
import { readLog } from './read-log.ts';
import type { RunningContainer } from './run-container.ts';

/** Limits of the kubelet for termination messages. */
const messageLimitBytes = 4096;
const fallbackLimitBytes = 2048;
const fallbackLines = 80;

/** Tells how a container ended: its exit code, the reason a container runtime gives, and its termination message. */
export async function finishContainer(input: {
  readonly container: RunningContainer;
  readonly plan: ContainerPlan;
  readonly folder: PodFolder;
  readonly ended: { readonly exitCode: number; readonly signal: number | undefined };
  readonly startedAt: string;
  readonly now: Date;
}): Promise<TerminatedState> {
  const { exitCode } = input.ended;
  // containerd says so for every container in which the kernel killed something for want of memory.
  const isOutOfMemory = await input.container.cgroups.wasOutOfMemory();
  const message = await terminationMessage(input.folder, input.plan, exitCode);
  return {
    exitCode,
    reason: isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(message !== '' && { message }),
    startedAt: input.startedAt,
    finishedAt: formatSeconds(input.now),
  };
}

async function terminationMessage(folder: PodFolder, plan: ContainerPlan, exitCode: number): Promise<string> {
  const own = await readStart(folder.terminationLog);
  if (own !== '' || exitCode === 0 || plan.terminationMessagePolicy !== 'FallbackToLogsOnError') return own;
  const chunks: Uint8Array[] = [];
  const path = join(folder.logs, `${plan.name}.log`);
  const signal = AbortSignal.timeout(10_000);
  for await (const chunk of readLog(path, { tailLines: fallbackLines }, undefined, signal))
    chunks.push(chunk);
  return Buffer.concat(chunks).subarray(-fallbackLimitBytes).toString();
}

async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(messageLimitBytes), 0, messageLimitBytes, 0);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}
