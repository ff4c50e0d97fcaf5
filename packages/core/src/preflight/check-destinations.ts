import { type BuildRequest, KanikitError, parseImageReference } from '@kanikit/spec';
import { shownContext } from '../planner/shown-context.ts';

/**
 * Registries a request pushes to (its cache repository included).
 *
 * @throws KanikitError `destination-missing`, `destination-has-digest`, `cache-repository-invalid`, `image-reference-invalid`
 */
export function checkDestinations(request: BuildRequest): string[] {
  const isPushed = request.push ?? true;
  if (isPushed && request.destinations.length === 0) {
    throw new KanikitError({
      code: 'destination-missing',
      message: `Building ${shownContext(request.context)}: no image name to push to.`,
      hint: 'Name it with `destinations: registry.example.com/team/app:tag`, or build without pushing (`push: false`).',
    });
  }
  const registries = request.destinations.map((destination) => {
    const reference = parseImageReference(destination);
    if (reference.digest !== undefined) {
      throw new KanikitError({
        code: 'destination-has-digest',
        message: `Reading the destination "${destination}": a digest can't be pushed to.`,
        hint: 'Leave out everything from the @ on; the digest is the result of the push.',
      });
    }
    return reference.registry;
  });
  const cache = typeof request.cache === 'object' ? request.cache.repository : undefined;
  if (cache !== undefined && !cache.startsWith('oci:')) registries.push(checkCacheRepository(cache));
  return [...new Set(registries)];
}

/**
 * The registry of a repository for cached layers: the executor adds a tag of its own.
 *
 * @throws KanikitError `cache-repository-invalid`, `image-reference-invalid`
 */
export function checkCacheRepository(cache: string): string {
  const { registry, tag, digest } = parseImageReference(cache);
  if (tag === undefined && digest === undefined) return registry;
  throw new KanikitError({
    code: 'cache-repository-invalid',
    message: `Reading the cache repository "${cache}": a repository has no tag and no digest.`,
    hint: 'Leave out what follows the name; each cached layer gets a tag of its own.',
  });
}
