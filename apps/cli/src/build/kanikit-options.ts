import type { KanikitOptions } from '@kanikit/sdk';
import type { Io } from '../io.ts';
import { bucketOptions, contextAccess } from './bucket-options.ts';
import type { BuildFlags } from './build-flags.ts';
import { sandboxOptions } from './sandbox-options.ts';

/**
 * How to reach cluster and bucket, from the flags.
 *
 * @throws KanikitError `usage`, `sandbox-not-running`
 */
export async function kanikitOptions(flags: BuildFlags, io: Io): Promise<KanikitOptions> {
  const shared: KanikitOptions = {
    concurrency: flags.concurrency,
    concurrencyPerRegistry: flags['concurrency-per-registry'],
    retries: flags.retries,
    logFolder: flags['log-folder'],
    env: io.env,
    stdin: io.stdin,
    keepContextMs: flags['keep-context'],
    access: await contextAccess(flags),
  };
  const bucket = await bucketOptions(flags);
  if (flags.sandbox === true) {
    const sandbox = await sandboxOptions(flags.namespace, io.env);
    const access = { ...shared.access, s3: bucket?.kind === 's3' ? shared.access?.s3 : sandbox.store };
    return { ...shared, ...sandbox, access, store: bucket ?? sandbox.store };
  }
  const { kubeconfig, 'kube-context': context, namespace, 'in-cluster': isInCluster } = flags;
  return {
    ...shared,
    cluster: { kubeconfig, context, namespace, isInCluster, isOptional: flags['dry-run'] },
    store: bucket,
  };
}
