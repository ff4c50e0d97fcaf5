import { otherSchemas } from './schema/other-schemas.ts';
import { podSchema } from './schema/pod-schema.ts';
import type { Schema } from './schema/schema.ts';

/** A resource that the API serves. */
export interface ResourceType {
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  readonly shortNames: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Undefined for kinds that are only read. */
  readonly schema: Schema | undefined;
}

export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

const everything = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const readOnly = ['get', 'list', 'watch'];

/** Every resource of the sandbox, in the order discovery lists them. */
export const resourceTypes: readonly ResourceType[] = [
  core('configmaps', 'configmap', 'ConfigMap', ['cm'], everything),
  core('events', 'event', 'Event', ['ev'], everything),
  core('limitranges', 'limitrange', 'LimitRange', ['limits'], readOnly),
  {
    ...core('namespaces', 'namespace', 'Namespace', ['ns'], withoutCollection(everything)),
    isNamespaced: false,
  },
  { ...core('nodes', 'node', 'Node', ['no'], readOnly), isNamespaced: false },
  {
    ...core('pods', 'pod', 'Pod', ['po'], everything),
    schema: podSchema,
    subresources: [
      { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    ],
  },
  core('resourcequotas', 'resourcequota', 'ResourceQuota', ['quota'], everything),
  core('secrets', 'secret', 'Secret', [], everything),
  core('serviceaccounts', 'serviceaccount', 'ServiceAccount', ['sa'], everything),
  {
    ...core('jobs', 'job', 'Job', [], everything),
    group: 'batch',
    subresources: [{ name: 'status', kind: 'Job', verbs: ['get', 'patch', 'update'] }],
  },
  { ...core('leases', 'lease', 'Lease', [], everything), group: 'coordination.k8s.io' },
  review('selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
  review('selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
];

/** The group versions besides core `v1`. */
export const groups: readonly string[] = ['authorization.k8s.io', 'batch', 'coordination.k8s.io'];

export function findResource(group: string, plural: string): ResourceType | undefined {
  return resourceTypes.find((type) => type.group === group && type.plural === plural);
}

/** The type of a stored resource: the store knows them by their plurals, which are unique here. */
export function storedResource(plural: string): ResourceType {
  return resourceTypes.find((type) => type.plural === plural)!;
}

/** The type of a resource that is known to be there. */
export function coreResource(plural: string): ResourceType {
  return findResource('', plural)!;
}

export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? 'v1' : `${type.group}/v1`;
}

function core(
  plural: string,
  singular: string,
  kind: string,
  shortNames: readonly string[],
  verbs: readonly string[],
): ResourceType {
  const schema = otherSchemas[kind];
  return {
    group: '',
    plural,
    singular,
    kind,
    isNamespaced: true,
    shortNames,
    verbs,
    subresources: [],
    schema,
  };
}

function review(plural: string, kind: string): ResourceType {
  return {
    ...core(plural, kind.toLowerCase(), kind, [], ['create']),
    group: 'authorization.k8s.io',
    isNamespaced: false,
  };
}

function withoutCollection(verbs: readonly string[]): readonly string[] {
  return verbs.filter((verb) => verb !== 'deletecollection');
}
