import type { Manifest } from '@kanikit/spec';
import { managerName } from '../../pods/layout/labels.ts';
import { type Feature, features, fullResource, isOfNamespace, type Right, rightsOf } from './rights.ts';

/** For whom a Role is, and what for. */
export interface RoleOptions {
  readonly namespace: string;
  /** Who gets the Role: a service account of the namespace (which is made, too), or a user or group the cluster knows. @default the service account `kanikit` */
  readonly subject?:
    | { readonly kind: 'ServiceAccount' | 'User' | 'Group'; readonly name: string }
    | undefined;
  /** Features that are left out. `build` can't be. @default none */
  readonly without?: readonly Feature[] | undefined;
}

/** A rule of the Role, with what it is for. */
export interface RoleRule {
  readonly apiGroups: readonly [string];
  readonly resources: readonly [string];
  readonly verbs: readonly string[];
  /** Of the right to look at the namespace itself: it then shows that the namespace is there, and no request has to ask. */
  readonly resourceNames?: readonly [string];
  /** For people: the features that use it and why. */
  readonly reasons: readonly string[];
}

/** The rules that these features need and no more: one for each resource. The checks ask for the same list of rights. */
export function roleRules(namespace: string, without: readonly Feature[] = []): readonly RoleRule[] {
  const wanted = rightsOf(features.filter((feature) => feature === 'build' || !without.includes(feature)));
  const groups = Map.groupBy(wanted, (right) => `${right.group}/${fullResource(right)}`);
  return [...groups.values()].map((rights) => {
    const [first] = rights as [Right, ...Right[]];
    return {
      apiGroups: [first.group],
      resources: [fullResource(first)],
      verbs: [...new Set(rights.map(({ verb }) => verb))],
      ...(isOfNamespace(first) ? { resourceNames: [namespace] as const } : {}),
      reasons: [...new Set(rights.map(({ feature, verb, why }) => `${feature}: ${verb}, to ${why}`))],
    };
  });
}

/**
 * The least that builds need in a namespace, as objects to create: service account (where the subject is one), Role, RoleBinding.
 *
 * @example
 * for (const object of minimalRole({ namespace: 'builds' })) console.log(JSON.stringify(object));
 */
export function minimalRole(options: RoleOptions): readonly Manifest[] {
  const { namespace, subject = { kind: 'ServiceAccount', name: managerName }, without } = options;
  const metadata = { name: managerName, namespace };
  const rules = roleRules(namespace, without).map(({ reasons: _reasons, ...rule }) => rule);
  const rbac = 'rbac.authorization.k8s.io';
  const subjects = [
    subject.kind === 'ServiceAccount'
      ? { kind: subject.kind, name: subject.name, namespace }
      : { kind: subject.kind, name: subject.name, apiGroup: rbac },
  ];
  return [
    ...(subject.kind === 'ServiceAccount' && subject.name !== 'default'
      ? [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: subject.name, namespace } }]
      : []),
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: managerName },
      subjects,
    },
  ];
}

/** The same as YAML for `kubectl apply -f -`, with the reason of every rule beside it. */
export function renderRole(options: RoleOptions): string {
  const reasons = roleRules(options.namespace, options.without).map((rule) => rule.reasons);
  const documents = minimalRole(options).map((manifest) =>
    Object.entries(manifest).flatMap(([name, value]) =>
      name === 'rules' ? ['rules:', ...items(value as readonly object[], reasons)] : field(name, value),
    ),
  );
  return documents.map((lines) => `${lines.join('\n')}\n`).join('---\n');
}

function field(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && typeof value[0] === 'object')
    return [`${name}:`, ...items(value as readonly object[])];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${name}: ${scalar(value)}`];
  return [`${name}:`, ...fields(value).map((line) => `  ${line}`)];
}

function fields(value: object): readonly string[] {
  return Object.entries(value).flatMap(([name, inner]) => field(name, inner));
}

function items(list: readonly object[], comments: readonly (readonly string[])[] = []): readonly string[] {
  return list.flatMap((item, index) => [
    ...(comments[index] ?? []).map((comment) => `  # ${comment}`),
    ...fields(item).map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`)),
  ]);
}

/** Plain where YAML reads it as the text it is; JSON is YAML, too. */
function scalar(value: unknown): string {
  if (
    typeof value === 'string' &&
    /^[A-Za-z][\w./-]*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|[yn])$/i.test(value)
  ) {
    return value;
  }
  return JSON.stringify(value).replaceAll('","', '", "');
}
