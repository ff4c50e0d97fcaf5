import type { Problem } from '@kanikit/spec';
import { type ApiClient, isMissing } from '../api/client/api-client.ts';
import { hasStatus } from '../api/client/api-error.ts';

/** What to do about a namespace that does not exist. */
export function namespaceHint(namespace: string | undefined): string {
  return `Create it (kubectl create namespace ${namespace}), or name another one with \`cluster.namespace\`.`;
}

/** The problem of a namespace that does not exist; undefined where it exists, or may not be looked at. */
export async function missingNamespace(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<(Problem & { readonly code: 'namespace-missing' }) | undefined> {
  const what = `Looking for namespace ${namespace}`;
  try {
    await client.sendRepeatable({ method: 'GET', path: `/api/v1/namespaces/${namespace}`, what }, signal);
    return undefined;
  } catch (error) {
    if (isMissing(error)) {
      return {
        code: 'namespace-missing',
        message: `${what} on ${client.server}: it does not exist.`,
        hint: namespaceHint(namespace),
      };
    }
    // Many may use a namespace without the right to look at it.
    if (hasStatus(error, 403)) return undefined;
    throw error;
  }
}
