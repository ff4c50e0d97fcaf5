import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseQuantity } from '@kanikit/spec';
import type { ExecutorProgram } from '../executor/executor-program.ts';
import { runCommand } from '../executor/run-command.ts';
import { toolPath } from './host-tools.ts';
import type { PodFolder } from './pod-folder.ts';
import type { ContainerSpec } from './pod-spec.ts';
import type { PreparedVolume } from './volumes.ts';

export interface StorageWatchOptions {
  readonly folder: PodFolder;
  /** What the image brings does not count, only what is written to it. */
  readonly program: ExecutorProgram;
  readonly container: ContainerSpec;
  readonly volumes: ReadonlyMap<string, PreparedVolume>;
  /** A kubelet looks every 10 s. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Measures what a pod has on disk; returns the kubelet's words for its eviction, or undefined when `signal` ends the watch or there is no limit. */
export async function watchStorage(options: StorageWatchOptions): Promise<string | undefined> {
  const { container, folder, volumes } = options;
  const written = String(container.resources?.limits?.['ephemeral-storage'] ?? '');
  const limit = parseQuantity(written || undefined);
  const limited = [...volumes.values()].filter(
    (volume) => volume.sizeLimitBytes !== undefined && volume.memorySizeBytes === undefined,
  );
  if (limit === undefined && limited.length === 0) return undefined;
  try {
    // Not measured in the root, where the container writes already.
    const image = await sizeOf(options.program.files);
    for (;;) {
      await delay(options.intervalMs, undefined, { signal: options.signal });
      for (const volume of limited) {
        if ((await usedBytes(volume.folder, options.signal)) <= volume.sizeLimitBytes!) continue;
        return `Usage of EmptyDir volume "${volume.name}" exceeds the limit "${describe(volume.sizeLimitBytes!)}". `;
      }
      if (limit === undefined) continue;
      const used = await Promise.all(
        [folder.root, folder.volumes, folder.logs].map((path) => usedBytes(path, options.signal)),
      );
      if (used.reduce((sum, bytes) => sum + bytes, -image) > limit) {
        return `Pod ephemeral local storage usage exceeds the total limit of containers ${written}. `;
      }
    }
  } catch (error) {
    if (options.signal.aborted) return undefined;
    throw error;
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const stats = await Promise.all(files.map((file) => stat(file)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

async function usedBytes(path: string, signal: AbortSignal): Promise<number> {
  const result = await runCommand('du', ['-s', '-x', '-k', path], {
    signal,
    env: { PATH: toolPath, LC_ALL: 'C' },
  });
  // Files that vanish meanwhile make `du` complain; the sum is still right enough.
  return Number.parseInt(result.output, 10) * 1024 || 0;
}

function describe(bytes: number): string {
  for (const [unit, size] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}
