import type { CredentialSource } from '@kanikit/sdk';

/** A registry over plain http, and what it wants to see; plain data, so that other processes can be told. */
export interface RegistryAccess {
  /** `host:port`. */
  readonly registry: string;
  /** Undefined where everybody may do everything. */
  readonly registryCredentials?: { readonly username: string; readonly password: string } | undefined;
}

/** One request to it, as its user: `registryFetch(place, 'me/app/tags/list')`. */
export async function registryFetch(
  access: RegistryAccess,
  path: string,
  { headers, ...init }: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  const all = { ...headers, ...authorization(access) };
  return await fetch(`http://${access.registry}/v2/${path}`, { ...init, headers: all });
}

/** For `createKanikit`: the password for this registry, under whichever of these names, and nothing of this machine. */
export function credentialsFor(
  { registry, registryCredentials }: RegistryAccess,
  names: readonly string[] = [registry],
): CredentialSource | false {
  return (
    registryCredentials !== undefined && {
      specVersion: 1,
      resolve: (name) =>
        Promise.resolve(names.includes(name) ? { kind: 'password', ...registryCredentials } : undefined),
    }
  );
}

/** For the environment of programs, under whichever of these names: docker's configuration as text. */
export function authConfigFor(
  { registry, registryCredentials }: RegistryAccess,
  names: readonly string[] = [registry],
): Readonly<Record<string, string>> {
  if (registryCredentials === undefined) return {};
  const { username, password } = registryCredentials;
  const auths = Object.fromEntries(names.map((name) => [name, { username, password }]));
  return { DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) };
}

function authorization({ registryCredentials }: RegistryAccess): Record<string, string> {
  if (registryCredentials === undefined) return {};
  const { username, password } = registryCredentials;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
