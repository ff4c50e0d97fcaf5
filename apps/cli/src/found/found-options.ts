import type { Kanikit, KanikitOptions } from '@kanikit/sdk';
import { bucketOptions } from '../build/bucket-options.ts';
import { sandboxOptions } from '../build/sandbox-options.ts';
import type { FlagValues } from '../command-line/flag.ts';
import type { foundFlags } from '../command-line/cluster-flags.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { Io } from '../io.ts';

export type FoundFlags = FlagValues<typeof foundFlags>;

/**
 * How to reach the cluster whose builds are looked for, and the bucket where one is named.
 *
 * @throws KanikitError `usage`, `sandbox-not-running`
 */
export async function foundOptions(
  flags: FoundFlags & Partial<Parameters<typeof bucketOptions>[0]>,
  io: Io,
): Promise<KanikitOptions> {
  const { kubeconfig, 'kube-context': context, namespace, 'in-cluster': isInCluster } = flags;
  const bucket =
    'bucket' in flags ? await bucketOptions(flags as Parameters<typeof bucketOptions>[0]) : undefined;
  if (flags.sandbox === true) {
    const { cluster, store, isSimulated } = await sandboxOptions(namespace, io.env);
    return { env: io.env, cluster, store: bucket ?? store, isSimulated, credentials: false };
  }
  return {
    env: io.env,
    cluster: { kubeconfig, context, namespace, isInCluster },
    store: bucket,
    credentials: false,
  };
}

/** Which builds to look at, from the flags. */
export function foundQuery(flags: FoundFlags): {
  readonly isEverywhere: boolean;
} {
  if (flags['all-namespaces'] === true && flags.namespace !== undefined)
    throw usageError('--all-namespaces contradicts --namespace.');
  return { isEverywhere: flags['all-namespaces'] ?? false };
}

/** Where builds were looked for: `namespace ci of prod`, `any namespace of prod`. */
export function placeOf({ cluster }: Kanikit, { isEverywhere }: ReturnType<typeof foundQuery>): string {
  return `${isEverywhere ? 'any namespace' : `namespace ${cluster.namespace}`} of ${cluster.name}`;
}
