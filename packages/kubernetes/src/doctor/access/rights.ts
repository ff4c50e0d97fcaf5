/** What a user does with kanikit, as far as it asks for rights of its own. */
export type Feature =
  | 'build'
  | 'stdin'
  | 'launch-ahead'
  | 'explain'
  | 'quota'
  | 'come-back'
  | 'cancel'
  | 'heartbeat'
  | 'job'
  | 'prune'
  | 'doctor';

/** One thing the driver does, and what for. */
export interface Right {
  readonly feature: Feature;
  readonly verb: string;
  /** API group; empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  /** True where kanikit does without it: `why` says what is lost. */
  readonly isOptional: boolean;
  /** For people: the right is needed to … */
  readonly why: string;
}

/**
 * Every right the driver ever uses, by feature: the one list that checks, the printed Role and the documentation are made of. A right that
 * several features need is listed with each.
 */
const rights: readonly Right[] = [
  needed('build', 'create', 'pods', 'start the build'),
  needed('build', 'get', 'pods', 'find a pod whose creation was not answered'),
  needed('build', 'list', 'pods', 'watch builds'),
  needed('build', 'watch', 'pods', 'watch builds'),
  needed('build', 'delete', 'pods', 'clean up'),
  needed('build', 'get', 'pods/log', 'read what the executor says'),
  needed('build', 'create', 'secrets', 'hand credentials to the pod'),
  needed('build', 'get', 'secrets', 'find a secret whose creation was not answered'),
  needed('build', 'delete', 'secrets', 'clean up'),
  // A WebSocket is a GET; since Kubernetes 1.35 attaching asks for `create` as well.
  needed('stdin', 'get', 'pods/attach', 'stream a context to the executor'),
  needed('stdin', 'create', 'pods/attach', 'stream a context to the executor'),
  optional('launch-ahead', 'patch', 'pods', 'wake a pod that waits for its context'),
  optional('launch-ahead', 'patch', 'secrets', 'hand over a context that is uploaded while its pod starts'),
  optional('explain', 'list', 'events', 'say why a pod waits'),
  optional('explain', 'watch', 'events', 'say why a pod waits'),
  optional('quota', 'watch', 'resourcequotas', 'build as soon as a full quota has room'),
  needed('come-back', 'list', 'pods', 'find builds'),
  needed('come-back', 'watch', 'pods', 'follow a build of another client'),
  needed('come-back', 'get', 'pods/log', 'read the log of a build of another client'),
  optional('come-back', 'list', 'events', 'tell what happened to a build'),
  optional('come-back', 'list', 'leases.coordination.k8s.io', 'tell whether the client of a build is alive'),
  optional('cancel', 'patch', 'pods', 'say who cancelled a build'),
  needed('cancel', 'list', 'pods', 'find the build'),
  needed('cancel', 'delete', 'pods', 'end the build'),
  optional('cancel', 'get', 'pods', 'end a build in a Job'),
  optional('cancel', 'get', 'jobs.batch', 'end a build in a Job'),
  optional('cancel', 'delete', 'jobs.batch', 'end a build in a Job'),
  optional('heartbeat', 'create', 'leases.coordination.k8s.io', 'show that this client is alive'),
  optional('heartbeat', 'patch', 'leases.coordination.k8s.io', 'show that this client is alive'),
  optional('heartbeat', 'delete', 'leases.coordination.k8s.io', 'clean up'),
  needed('job', 'create', 'jobs.batch', 'start a build in a Job'),
  needed('job', 'get', 'jobs.batch', 'find a Job whose creation was not answered'),
  needed('job', 'delete', 'jobs.batch', 'clean up'),
  needed('prune', 'list', 'pods', 'find what killed clients left'),
  needed('prune', 'delete', 'pods', 'remove abandoned builds'),
  optional('prune', 'list', 'secrets', 'find secrets without a build'),
  optional('prune', 'delete', 'secrets', 'remove secrets without a build'),
  optional('prune', 'list', 'leases.coordination.k8s.io', 'tell living clients from dead ones'),
  optional('prune', 'delete', 'leases.coordination.k8s.io', 'remove heartbeats of dead clients'),
  optional('prune', 'list', 'jobs.batch', 'find Jobs that ended'),
  optional('prune', 'delete', 'jobs.batch', 'remove Jobs that ended'),
  optional('doctor', 'get', 'namespaces', 'look at the Pod Security level of the namespace'),
  optional('doctor', 'list', 'resourcequotas', 'tell how many builds fit'),
  optional('doctor', 'list', 'limitranges', 'tell which amounts are allowed'),
  optional('doctor', 'get', 'serviceaccounts', 'look at the service account of builds'),
];

/** To look at a namespace is a right in that namespace, for the object of its own name. */
export function isOfNamespace({ group, resource }: Pick<Right, 'group' | 'resource'>): boolean {
  return group === '' && resource === 'namespaces';
}

/** Every feature, in the order of the list. */
export const features: readonly Feature[] = [...new Set(rights.map(({ feature }) => feature))];

/** `pods/log`. */
export function fullResource({ resource, subresource }: Pick<Right, 'resource' | 'subresource'>): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** `create, get pods; get pods/log`: each resource once. */
export function rightsInWords(rights: readonly Right[]): string {
  return [...Map.groupBy(rights, fullResource)]
    .map(([resource, list]) => `${list.map(({ verb }) => verb).join(', ')} ${resource}`)
    .join('; ');
}

/** The rights that any of these features uses. */
export function rightsOf(features: readonly Feature[]): readonly Right[] {
  return rights.filter(({ feature }) => features.includes(feature));
}

function needed(feature: Feature, verb: string, name: string, why: string): Right {
  return right(feature, verb, name, why, false);
}

function optional(feature: Feature, verb: string, name: string, why: string): Right {
  return right(feature, verb, name, why, true);
}

/** `name` as `kubectl auth can-i` takes it: `pods`, `pods/log`, `leases.coordination.k8s.io`. */
function right(feature: Feature, verb: string, name: string, why: string, isOptional: boolean): Right {
  const [full = '', ...group] = name.split('.');
  const [resource = '', subresource] = full.split('/');
  return { feature, verb, group: group.join('.'), resource, subresource, isOptional, why };
}
