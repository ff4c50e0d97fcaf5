import { parseImageReference } from '@kanikit/spec';
import type { RegistryAccess } from './registry-access.ts';
import { askRegistry } from './registry-session.ts';

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** More than any index of images. */
const largestManifestBytes = 4 * 1024 * 1024;

/** What a registry knows of an image. */
export type ImageAnswer =
  | {
      readonly kind: 'found';
      readonly digest: string | undefined;
      /** `linux/amd64` and so on; undefined where the image is for one platform, which its manifest does not name. */
      readonly platforms: readonly string[] | undefined;
    }
  | { readonly kind: 'missing' | 'denied'; readonly status: number }
  | { readonly kind: 'strange'; readonly status: number };

/**
 * Asks a registry for an image, without pulling it.
 *
 * @throws KanikitError `image-reference-invalid`, `registry-unreachable`
 */
export async function lookUpImage(image: string, access: RegistryAccess): Promise<ImageAnswer> {
  const { registry, repository, tag, digest } = parseImageReference(image);
  const path = `/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`;
  const { response } = await askRegistry(registry, { method: 'GET', path, accept: manifestTypes }, access);
  const { status } = response;
  if (status === 200) {
    const size = Number(response.headers.get('content-length') ?? 0);
    const found = response.headers.get('docker-content-digest') ?? digest;
    if (size > largestManifestBytes) {
      await response.body?.cancel();
      return { kind: 'found', digest: found, platforms: undefined };
    }
    return { kind: 'found', digest: found, platforms: platformsOf(await response.text()) };
  }
  await response.body?.cancel();
  if (status === 404) return { kind: 'missing', status };
  return { kind: status === 401 || status === 403 ? 'denied' : 'strange', status };
}

interface Index {
  readonly manifests?: readonly {
    readonly platform?: { readonly os?: string; readonly architecture?: string; readonly variant?: string };
  }[];
}

function platformsOf(text: string): readonly string[] | undefined {
  let manifests: Index['manifests'];
  try {
    ({ manifests } = JSON.parse(text) as Index);
  } catch {
    // The image is there, whatever its manifest looks like.
    return undefined;
  }
  const names = (manifests ?? []).flatMap(({ platform }) =>
    // Attestations travel in an index, too, for a platform that is none.
    platform?.os === undefined || platform.os === 'unknown'
      ? []
      : [`${platform.os}/${platform.architecture ?? ''}`],
  );
  return names.length === 0 ? undefined : [...new Set(names)];
}
