import type { ApiClient } from '../../api/client/api-client.ts';
import { fullResource, isOfNamespace, type Right } from './rights.ts';

/** One rule of a `SelfSubjectRulesReview`. */
export interface AccessRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** The rules that apply to a client in a namespace. */
export interface AccessRules {
  readonly rules: readonly AccessRule[];
  /** True where an authorizer said that it can't list its own. Some do not say so: what is not there may be allowed all the same. */
  readonly isIncomplete: boolean;
}

/** Asks for the rules that apply to this client in a namespace, which need not exist. */
export async function readRules(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
): Promise<AccessRules> {
  const { status } = await client.sendRepeatable<{
    readonly status?: { readonly resourceRules?: readonly AccessRule[]; readonly incomplete?: boolean };
  }>(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectRulesReview',
        spec: { namespace },
      },
      what: `Asking what is allowed in namespace ${namespace}`,
    },
    signal,
  );
  return { rules: status?.resourceRules ?? [], isIncomplete: status?.incomplete === true };
}

/** Asks about one right: the last word of every authorizer. */
export async function isAllowed(
  client: ApiClient,
  namespace: string,
  { verb, group, resource, subresource }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const review = await client.sendRepeatable<{ readonly status?: { readonly allowed?: boolean } }>(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: {
          resourceAttributes: {
            namespace,
            verb,
            ...(group === '' ? {} : { group }),
            resource,
            ...(subresource === undefined ? {} : { subresource }),
            ...(isOfNamespace({ group, resource }) ? { name: namespace } : {}),
          },
        },
      },
      what: `Asking for the right to ${verb} ${resource} in namespace ${namespace}`,
    },
    signal,
  );
  return review.status?.allowed === true;
}

/** Whether a rule gives the right in a namespace, for objects of any name. */
export function grants(
  rule: AccessRule,
  right: Pick<Right, 'verb' | 'group' | 'resource' | 'subresource'>,
  namespace: string,
): boolean {
  const { verb, group, subresource } = right;
  const full = fullResource(right);
  const has = (list: readonly string[] | undefined, ...values: readonly string[]): boolean =>
    list?.some((value) => value === '*' || values.includes(value)) === true;
  return (
    ((rule.resourceNames?.length ?? 0) === 0 || (isOfNamespace(right) && names(rule, namespace))) &&
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    has(rule.resources, full, ...(subresource === undefined ? [] : [`*/${subresource}`]))
  );
}

/** Whether a rule is for this very namespace: it is there, since nobody names one in a Role that is not. */
export function names(rule: AccessRule, namespace: string): boolean {
  return rule.resources?.includes('namespaces') === true && rule.resourceNames?.includes(namespace) === true;
}
