import { dockerHubRegistry } from '@kanikit/spec';

/** All names of Docker Hub in credential files. */
const hubNames = new Set([dockerHubRegistry, 'docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/** A registry, or a part of one: podman's files may hold a credential for a path of it. */
export interface RegistryScope {
  readonly host: string;
  /** Without slashes at the ends; empty for the whole registry. */
  readonly path: string;
}

/** Reads a key of `auths` or `credHelpers`, with or without scheme, API version and path. */
export function parseKey(key: string): RegistryScope {
  const [host = '', ...rest] = key.replace(/^https?:\/\//, '').split('/');
  const path = rest.filter((part) => part !== '').join('/');
  // `https://index.docker.io/v1/`: an address of the API, not of a repository.
  return { host: canonicalHost(host), path: /^v[12]$/.test(path) ? '' : path };
}

/** The one name by which hosts are compared. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return hubNames.has(lower) ? dockerHubRegistry : lower;
}

/**
 * The entry that fits a registry host, or a repository of it (`host/team/app`), best: the longest path that covers it.
 */
export function findBest<T extends { readonly key: string }>(
  entries: readonly T[],
  registry: string,
): T | undefined {
  const wanted = parseKey(registry);
  let best: { readonly entry: T; readonly length: number } | undefined;
  for (const entry of entries) {
    const scope = parseKey(entry.key);
    const isCovered =
      scope.host === wanted.host &&
      (scope.path === '' || wanted.path === scope.path || wanted.path.startsWith(`${scope.path}/`));
    if (isCovered && (best === undefined || scope.path.length > best.length)) {
      best = { entry, length: scope.path.length };
    }
  }
  return best?.entry;
}
