import { KanikitError } from '@kanikit/spec';
import type { CredentialProvider } from './cluster-connection.ts';
import type { CredentialTarget } from './credential-target.ts';
import type { KubeconfigAuthProvider } from './kubeconfig.ts';

/**
 * Credentials of the legacy `auth-provider` kinds (`oidc`, `gcp`, `azure`), left to the official client, which is loaded only for them and
 * has to be installed beside kanikit.
 *
 * @throws KanikitError `credential-plugin-failed` (when called)
 */
export function createAuthProviderCredential(
  provider: KubeconfigAuthProvider,
  file: string,
  target: CredentialTarget,
): CredentialProvider {
  const kind = provider.name;
  return async ({ signal }) => {
    signal.throwIfAborted();
    const { KubeConfig } = await import('@kubernetes/client-node').catch((error: unknown) => {
      throw failed(file, kind, 'the package @kubernetes/client-node is not installed', error);
    });
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [
        { name: 'cluster', server: target.server, skipTLSVerify: target.cluster.fields.isServerUnverified },
      ],
      users: [{ name: 'user', authProvider: provider }],
      contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
      currentContext: 'context',
    });
    const options: { headers?: Record<string, unknown> } = {};
    try {
      await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    } catch (error) {
      throw failed(file, kind, error instanceof Error ? error.message : String(error), error);
    }
    const header = options.headers?.['Authorization'];
    if (typeof header === 'string' && header.startsWith('Bearer '))
      return { token: header.slice('Bearer '.length) };
    throw failed(file, kind, 'it gave no token', undefined);
  };
}

function failed(file: string, kind: string, problem: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'credential-plugin-failed',
    message: `Getting a token from the auth-provider "${kind}" of ${file}: ${problem}.`,
    hint: 'Kubernetes has dropped these providers: use the exec plugin of your cluster, or install @kubernetes/client-node beside kanikit.',
    cause,
  });
}
