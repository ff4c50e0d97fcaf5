import type { Environment } from '@kanikit/core';
import type { CredentialSource, RegistryCredential } from '@kanikit/spec';

/** Resolves credentials for just the registries in use and renders them as the pod's `config.json`. */
export function dockerConfigLoader(
  credentials: CredentialSource | false | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Environment['loadDockerConfig'] {
  if (credentials === false) return async () => undefined;
  return async (registries, run) => {
    const { createDockerCredentials, renderDockerConfig } = await import('@kanikit/registries');
    const source = (await ownCredentials(credentials)) ?? createDockerCredentials({ env });
    const entries = await Promise.all(
      registries.map(async (registry) => ({ registry, credential: await source.resolve(registry, run) })),
    );
    const known = entries.filter(
      (entry): entry is { registry: string; credential: RegistryCredential } =>
        entry.credential !== undefined,
    );
    return known.length === 0 ? undefined : renderDockerConfig(known);
  };
}

/** @throws KanikitError `plugin-unsupported` */
export async function ownCredentials(
  credentials: CredentialSource | undefined,
): Promise<CredentialSource | undefined> {
  if (credentials === undefined) return undefined;
  const { supportedPlugin } = await import('./plugin/supported-plugin.ts');
  return supportedPlugin(credentials, 'credentials', 'credential source');
}
