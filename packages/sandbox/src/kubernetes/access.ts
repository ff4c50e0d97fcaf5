import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a user may do; the shape of an RBAC rule. `*` stands for all. */
export interface AccessRule {
  readonly verbs: readonly string[];
  /** Plural names, subresources as `pods/log`. */
  readonly resources: readonly string[];
  /** @default all groups */
  readonly apiGroups?: readonly string[];
  /** @default all namespaces and the cluster scope */
  readonly namespaces?: readonly string[];
  /** @default all names */
  readonly resourceNames?: readonly string[];
}

/** Someone who may talk to the sandbox's API. */
export interface SandboxUser {
  readonly name: string;
  /** Bearer token. */
  readonly token: string;
  readonly rules: readonly AccessRule[];
}

/** What a request wants to do. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty at the cluster scope. */
  readonly namespace: string;
  readonly name: string;
}

/** Rules of an administrator. */
export const everythingAllowed: readonly AccessRule[] = [{ verbs: ['*'], resources: ['*'] }];

/** The user of a request's bearer token, or undefined when there is no valid one. */
export function authenticate(
  request: IncomingMessage,
  users: readonly SandboxUser[],
): SandboxUser | undefined {
  const match = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '');
  if (match === null) return undefined;
  const given = digest(match[1]!);
  return users.find((user) => timingSafeEqual(digest(user.token), given));
}

export function isAllowed(rules: readonly AccessRule[], wanted: AccessAttributes): boolean {
  const resource = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  return rules.some(
    (rule) =>
      includes(rule.verbs, wanted.verb) &&
      includes(rule.apiGroups ?? ['*'], wanted.group) &&
      (includes(rule.resources, resource) || rule.resources.includes(`*/${wanted.subresource}`)) &&
      includes(rule.namespaces ?? ['*'], wanted.namespace) &&
      includes(rule.resourceNames ?? ['*'], wanted.name),
  );
}

/** The words of a refusal after `pods "x" is forbidden: `. */
export function refusal(user: string, wanted: AccessAttributes): string {
  const resource = wanted.subresource === '' ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const scope = wanted.namespace === '' ? 'at the cluster scope' : `in the namespace "${wanted.namespace}"`;
  return `User "${user}" cannot ${wanted.verb} resource "${resource}" in API group "${wanted.group}" ${scope}`;
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
