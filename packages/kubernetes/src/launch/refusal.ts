import { KanikitError } from '@kanikit/spec';
import type { ApiError, ApiStatus } from '../client/api-error.ts';

interface Refusal {
  readonly pattern: RegExp;
  readonly code: string;
  readonly hint: string;
  readonly retryable?: boolean;
}

/** What admission says, in the words of Kubernetes; the first match wins. */
const refusals: readonly Refusal[] = [
  {
    pattern: /exceeded quota|failed quota/i,
    code: 'quota-exceeded',
    hint: 'The namespace has a ResourceQuota: wait for other pods to end, ask for less, or give requests and limits where it demands them.',
    retryable: true,
  },
  {
    pattern: /violates PodSecurity/i,
    code: 'pod-refused',
    hint: 'Kaniko must run as root: use a namespace whose Pod Security level is "baseline" or "privileged".',
  },
  {
    pattern: /admission webhook .* denied/is,
    code: 'pod-refused',
    hint: 'A policy of the cluster refuses this pod; its words are above. Its owner can tell what it wants.',
  },
  {
    pattern: /being terminated/i,
    code: 'pod-refused',
    hint: 'The namespace is being deleted: use another one.',
  },
  {
    pattern: /serviceaccount "[^"]*" not found/i,
    code: 'pod-refused',
    hint: 'Create the service account, or name another one.',
  },
  {
    pattern: /namespaces? "[^"]*" not found/i,
    code: 'namespace-missing',
    hint: 'Create the namespace, or name another one.',
  },
];

const bareRefusal = 'The cluster does not take this pod as it is; its words are above.';

/** Gives the refusal of a create the code and the hint that fit. */
export function refusalError(error: ApiError, what: string): KanikitError {
  const { status } = error;
  if (status === undefined || status.code === 401 || error.retryable) return error;
  const known = refusals.find(({ pattern }) => pattern.test(status.message));
  if (known === undefined && (status.code === 404 || isAccessRefusal(status))) return error;
  return new KanikitError({
    code: known?.code ?? 'pod-refused',
    message: error.message.startsWith(what) ? error.message : `${what}: ${error.message}`,
    hint: known?.hint ?? bareRefusal,
    retryable: known?.retryable ?? false,
    cause: error,
  });
}

/** RBAC says `User "x" cannot create resource "pods"`; every other 403 comes from admission. */
function isAccessRefusal(status: ApiStatus): boolean {
  return status.code === 403 && / cannot (?:create|patch) resource /.test(status.message);
}
