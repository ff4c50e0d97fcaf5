import { findResource, groups, type ResourceType } from '../resources.ts';
import type { AccessAttributes } from '../access.ts';

/** What a request is about, read from its method and path. */
export interface RequestInfo extends AccessAttributes {
  readonly type: ResourceType;
  readonly query: URLSearchParams;
}

export type Route =
  | { readonly kind: 'resource'; readonly info: RequestInfo }
  /** Below a group version that is served, but no resource of it. */
  | { readonly kind: 'unknown-resource' }
  | { readonly kind: 'method-not-allowed' }
  /** Everything else: discovery, health, or nothing at all. */
  | { readonly kind: 'other'; readonly path: string; readonly query: URLSearchParams };

/** Reads method and URL as the API server's request info resolver does. */
export function parseRoute(method: string, target: string): Route {
  const { pathname, searchParams: query } = new URL(target, 'https://sandbox');
  const segments = decodeSegments(pathname);
  const group = segments[0] === 'apis' ? segments[1] : '';
  const rest = segments[0] === 'apis' ? segments.slice(3) : segments.slice(2);
  const version = segments[0] === 'apis' ? segments[2] : segments[1];
  if (!['api', 'apis'].includes(segments[0] ?? '') || version !== 'v1' || rest.length === 0)
    return { kind: 'other', path: pathname, query };
  const isServed = group === '' || (group !== undefined && groups.includes(group));
  if (!isServed || group === undefined) return { kind: 'other', path: pathname, query };

  const isScoped = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2]!);
  const namespace = rest[0] === 'namespaces' ? (rest[1] ?? '') : '';
  const [plural = '', name = '', ...sub] = isScoped ? rest.slice(2) : rest;
  const type = findResource(group, plural);
  const subresource = sub.join('/');
  if (type === undefined || (isScoped && !type.isNamespaced)) return { kind: 'unknown-resource' };
  const served = type.subresources.find((entry) => entry.name === subresource);
  if (subresource !== '' && served === undefined) return { kind: 'unknown-resource' };
  // A namespaced object is reached only through its namespace.
  if (type.isNamespaced && namespace === '' && name !== '') return { kind: 'unknown-resource' };

  const verb = verbOf(method, name, query, subresource);
  const verbs = served?.verbs ?? type.verbs;
  const isAcross = type.isNamespaced && namespace === '' && !['list', 'watch'].includes(verb);
  if (!verbs.includes(verb) || isAcross) return { kind: 'method-not-allowed' };
  const info = { verb, group, resource: plural, subresource, namespace, name, type, query };
  return { kind: 'resource', info };
}

function verbOf(method: string, name: string, query: URLSearchParams, subresource: string): string {
  const isCollection = name === '';
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isCollection) return isTrue(query.get('watch')) ? 'watch' : 'list';
      return 'get';
    case 'POST':
      return isCollection || subresource !== '' ? 'create' : '';
    case 'PUT':
      return isCollection ? '' : 'update';
    case 'PATCH':
      return isCollection ? '' : 'patch';
    case 'DELETE':
      return isCollection ? 'deletecollection' : 'delete';
    default:
      return '';
  }
}

/** A boolean query parameter as Go reads it. */
export function isTrue(value: string | null): boolean {
  return value !== null && !['', '0', 'false', 'f', 'F', 'False', 'FALSE'].includes(value);
}

function decodeSegments(pathname: string): string[] {
  const parts = pathname.split('/').filter((part) => part !== '');
  try {
    return parts.map(decodeURIComponent);
  } catch {
    // A broken escape names nothing that exists.
    return [];
  }
}
