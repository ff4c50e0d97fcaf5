import type { Manifest } from '@kanikit/spec';
import { managerName } from '../manifests/labels.ts';
import { type Feature, features, fullResource, type Right, rightsOf } from './rights.ts';

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
  /** For people: the features that use it and why. */
  readonly reasons: readonly string[];
}

/** The rules that these features need and no more: one for each resource. The checks ask for the same list of rights. */
export function roleRules(without: readonly Feature[] = []): readonly RoleRule[] {
  const wanted = rightsOf(features.filter((feature) => feature === 'build' || !without.includes(feature)));
  const groups = Map.groupBy(wanted, (right) => `${right.group}/${fullResource(right)}`);
  return [...groups.values()].map((rights) => {
    const [first] = rights as [Right, ...Right[]];
    return {
      apiGroups: [first.group],
      resources: [fullResource(first)],
      verbs: [...new Set(rights.map(({ verb }) => verb))],
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
  const rules = roleRules(without).map(({ reasons: _reasons, ...rule }) => rule);
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
  const documents = minimalRole(options).map((manifest) =>
    manifest.kind === 'Role' ? roleText(manifest, roleRules(options.without)) : fieldsText(manifest),
  );
  return documents.map((lines) => `${lines.join('\n')}\n`).join('---\n');
}

function roleText(manifest: Manifest, rules: readonly RoleRule[]): readonly string[] {
  const { rules: _rules, ...head } = manifest;
  return [
    ...fieldsText(head),
    'rules:',
    ...rules.flatMap(({ apiGroups, resources, verbs, reasons }) => [
      ...reasons.map((reason) => `  # ${reason}`),
      `  - apiGroups: ${JSON.stringify(apiGroups)}`,
      `    resources: ${JSON.stringify(resources)}`,
      `    verbs: ${JSON.stringify(verbs).replaceAll('","', '", "')}`,
    ]),
  ];
}

/** Plain fields, JSON where they are objects: JSON is YAML. */
function fieldsText(fields: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(fields).map(([name, value]) =>
    typeof value === 'string' && /^[A-Za-z][\w./-]*$/.test(value)
      ? `${name}: ${value}`
      : `${name}: ${JSON.stringify(value)}`,
  );
}
