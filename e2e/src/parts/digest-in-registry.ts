import { type RegistryAccess, registryFetch } from './registry-access.ts';

/** Digest that a registry without TLS has under a name such as `me/app:1`; undefined where it has none. */
export async function digestInRegistry(
  access: RegistryAccess,
  repository: string,
  tag: string,
): Promise<string | undefined> {
  const response = await registryFetch(access, `${repository}/manifests/${tag}`, {
    headers: {
      accept:
        'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
    },
  });
  await response.arrayBuffer();
  return response.ok ? (response.headers.get('docker-content-digest') ?? undefined) : undefined;
}
