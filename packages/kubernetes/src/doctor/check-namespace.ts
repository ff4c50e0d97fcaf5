import { type Finding, look, type RunContext } from '@kanikit/spec';
import { namespaceHint } from '../explain/missing-namespace.ts';
import { type ApiClient, isMissing } from '../api/client/api-client.ts';
import { hasStatus } from '../api/client/api-error.ts';

interface NamespaceObject {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly status?: { readonly phase?: string };
}

const levelLabel = 'pod-security.kubernetes.io/enforce';

/** Whether the namespace is there, stays there, and which Pod Security level it names. */
export function checkNamespace(client: ApiClient, namespace: string, run: RunContext): Promise<Finding> {
  return look({ check: 'namespace', title: 'Namespace' }, run, async ({ signal }) => {
    const what = `Looking for namespace ${namespace}`;
    const path = `/api/v1/namespaces/${namespace}`;
    try {
      const found = await client.sendRepeatable<NamespaceObject>({ method: 'GET', path, what }, signal);
      if (found.status?.phase === 'Terminating') {
        return {
          status: 'problem',
          code: 'namespace-terminating',
          message: `${namespace} is being deleted`,
          hint: 'Use another one with `cluster.namespace`.',
        };
      }
      return ofLevel(namespace, found.metadata.labels?.[levelLabel]);
    } catch (error) {
      if (isMissing(error)) {
        return {
          status: 'problem',
          code: 'namespace-missing',
          message: `${namespace} does not exist`,
          hint: namespaceHint(namespace),
        };
      }
      if (!hasStatus(error, 403)) throw error;
      return { status: 'unknown', message: `${namespace} can not be looked at with these rights` };
    }
  });
}

function ofLevel(
  namespace: string,
  level: string | undefined,
): { readonly status: 'ok' | 'warning'; readonly message: string; readonly hint?: string } {
  if (level === undefined) {
    return { status: 'ok', message: `${namespace}, without a Pod Security level of its own` };
  }
  if (level !== 'restricted') return { status: 'ok', message: `${namespace}, Pod Security level "${level}"` };
  return {
    status: 'warning',
    message: `${namespace} has the Pod Security level "restricted", and Kaniko must be root`,
    hint: `Use a namespace of the level "baseline": kubectl label namespace ${namespace} --overwrite ${levelLabel}=baseline.`,
  };
}
