import type { Cluster, ClusterPod, PodLaunch } from '@kanikit/spec';

/** What an executor prints that builds and pushes this image. */
export type Executor = (launch: PodLaunch) => string;

/** The least that a cluster of a third party has to be: pods that run somewhere, told of and removed. */
export function createBareCluster(executor: Executor): Cluster & { readonly pods: ReadonlySet<string> } {
  const pods = new Set<string>();
  return {
    specVersion: 1,
    description: { kind: 'kubeconfig', name: 'bare', server: 'https://bare.invalid', namespace: 'builds' },
    pods,
    manifests: ({ name }) => [{ apiVersion: 'bare/v1', kind: 'Pod', name }],
    check: async () => [],
    canLaunchAhead: () => false,
    launch: async (launch) => {
      pods.add(launch.name);
      return createPod(launch, executor(launch), pods);
    },
    close: async () => undefined,
  };
}

function createPod({ name, isStdinUsed }: PodLaunch, log: string, pods: Set<string>): ClusterPod {
  const taken = Promise.withResolvers<void>();
  if (!isStdinUsed) taken.resolve();
  return {
    namespace: 'builds',
    name,
    observations: (async function* observe() {
      await taken.promise;
      const result = { cause: 'completed', exitCode: 0, reason: undefined, message: undefined } as const;
      const times = { terminationMessage: undefined, startedAt: undefined, finishedAt: undefined };
      yield { type: 'ended', ...result, ...times } as const;
    })(),
    log: (async function* read() {
      await taken.promise;
      for (const line of log.split(/(?<=\n)/)) yield { bytes: Buffer.from(line), timeMs: 0 };
    })(),
    sendStdin: async (archive) => {
      for await (const _piece of archive);
      taken.resolve();
    },
    provide: async () => undefined,
    remove: async () => void pods.delete(name),
  };
}
