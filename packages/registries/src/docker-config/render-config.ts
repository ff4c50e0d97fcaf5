import { dockerHubRegistry, type RegistryCredential } from '@kanikit/spec';
import { dockerHubKey } from './docker-credentials.ts';
import { canonicalHost, parseKey } from './match-key.ts';

/** A credential for one registry host, or for a path of it. */
export interface RegistryEntry {
  readonly registry: string;
  readonly credential: RegistryCredential;
}

/** Writes the smallest `config.json` that lets the executor into these registries. The text is a secret. */
export function renderDockerConfig(entries: readonly RegistryEntry[]): string {
  const auths = entries.map(({ registry, credential }) => [keyFor(registry), fieldsFor(credential)] as const);
  return JSON.stringify({ auths: Object.fromEntries(auths.toSorted(([a], [b]) => (a < b ? -1 : 1))) });
}

function keyFor(registry: string): string {
  const { host, path } = parseKey(registry);
  if (canonicalHost(host) === dockerHubRegistry) return dockerHubKey;
  return path === '' ? host : `${host}/${path}`;
}

function fieldsFor(credential: RegistryCredential): Readonly<Record<string, string>> {
  switch (credential.kind) {
    case 'password':
      return { auth: Buffer.from(`${credential.username}:${credential.password}`).toString('base64') };
    case 'identity-token':
      // Clients want a user beside the token and send this one.
      return { auth: Buffer.from('<token>:').toString('base64'), identitytoken: credential.token };
    case 'registry-token':
      return { registrytoken: credential.token };
    default:
      return credential satisfies never;
  }
}
