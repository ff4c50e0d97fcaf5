import { acquireExecutor } from '@kanikit/sandbox';
import { goPart } from '../src/parts/go-part.ts';

/** Releases of the executor that the cluster's registry has. */
export const executorVersions = ['1.24.0', '1.9.2'] as const;

/** Paths of the programs that the cluster is made of. */
export interface ClusterPrograms {
  /** etcd and all of Kubernetes in one: the name it is called by says which. */
  readonly kubernetes: string;
  readonly registry: string;
  readonly versitygw: string;
  readonly crane: string;
  /** Plays containers that are no executors. */
  readonly workload: string;
  readonly executors: Readonly<Record<(typeof executorVersions)[number], string>>;
}

/** Gets every program: from the user's cache folder, or built from its Go module (minutes, once). */
export async function obtainPrograms(
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ClusterPrograms> {
  const part = async (name: Parameters<typeof goPart>[0]): Promise<string> => {
    const startedAt = Date.now();
    const path = await goPart(name, signal);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    if (seconds > 1) say(`built ${name} in ${seconds} s`);
    return path;
  };
  const executor = async (version: string): Promise<string> =>
    (await acquireExecutor({ distribution: 'google', version, signal })).path;
  // One after the other: each build uses all processors.
  return {
    kubernetes: await part('kubernetes'),
    registry: await part('registry'),
    versitygw: await part('versitygw'),
    crane: await part('crane'),
    workload: await part('workload'),
    executors: { '1.24.0': await executor('1.24.0'), '1.9.2': await executor('1.9.2') },
  };
}
