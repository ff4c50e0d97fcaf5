import type { SandboxDescription } from '@kanikit/sandbox';
import { type BucketOptions, type ClusterOptions, machineCredentials } from '@kanikit/sdk';
import { type CredentialSource, type ExecutorChoice, KanikitError } from '@kanikit/spec';
import type { Io } from '../io.ts';

export interface SandboxConnection {
  readonly cluster: ClusterOptions;
  readonly store: Extract<BucketOptions, { kind: 's3' }>;
  readonly insecureRegistries: readonly string[];
  /** For the sandbox's registry its password, for others what this machine has. */
  readonly credentials: CredentialSource;
  readonly isSimulated: boolean;
  readonly executor: ExecutorChoice;
}

/** The release the sandbox can always get: its source is pinned with it. */
export const sandboxExecutor = { distribution: 'google', version: '1.24.0' } as const;

/**
 * How to reach the sandbox of this machine.
 *
 * @throws KanikitError `sandbox-not-running`
 */
export async function sandboxOptions(
  namespace: string | undefined,
  env: Io['env'],
): Promise<SandboxConnection> {
  // Loaded when it is asked for: other clusters do without.
  const { sandboxStatus } = await import('@kanikit/sandbox');
  const status = await sandboxStatus();
  if (status.state !== 'running') {
    throw new KanikitError({
      code: 'sandbox-not-running',
      message: `Looking for the sandbox in ${status.folder}: ${status.state === 'busy' ? 'it is starting or stopping' : 'none is running'}.`,
      hint: status.state === 'busy' ? 'Try again in a moment.' : 'Start it with "kanikit sandbox up".',
    });
  }
  return await connectionOf(status.sandbox, env, namespace);
}

/** The options that lead to a sandbox. */
export async function connectionOf(
  sandbox: SandboxDescription,
  env: Io['env'],
  namespace?: string,
): Promise<SandboxConnection> {
  const { sandboxCredentials } = await import('@kanikit/sandbox');
  const { kubeconfig, context, namespace: own, bucket, authority, registry, isSimulated, executor } = sandbox;
  return {
    cluster: { kubeconfig, context, namespace: namespace ?? own, kind: 'sandbox' },
    store: {
      kind: 's3',
      bucket: bucket.bucket,
      endpoint: bucket.endpoint,
      region: bucket.region,
      credentials: { accessKeyId: bucket.accessKeyId, secretAccessKey: bucket.secretAccessKey },
      certificateAuthorities: authority,
    },
    insecureRegistries: [registry],
    credentials: sandboxCredentials(sandbox, machineCredentials(env)),
    isSimulated,
    executor: executor ?? sandboxExecutor,
  };
}
