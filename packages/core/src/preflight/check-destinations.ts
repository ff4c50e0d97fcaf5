import { type BuildRequest, KanikitError, parseImageReference } from '@kanikit/spec';
import { shownContext } from '../planner/shown-context.ts';

/**
 * Registries a request pushes to (its cache repository included).
 *
 * @throws KanikitError `destination-missing`, `destination-has-digest`, `image-reference-invalid`
 */
export function checkDestinations(request: BuildRequest): string[] {
  const isPushed = request.push ?? true;
  if (isPushed && request.destinations.length === 0) {
    throw new KanikitError({
      code: 'destination-missing',
      message: `Building ${shownContext(request.context)}: no image name to push to.`,
      hint: 'Name it with -t registry.example.com/team/app:tag, or build without pushing (--no-push).',
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
  if (cache !== undefined && !cache.startsWith('oci:')) registries.push(parseImageReference(cache).registry);
  return [...new Set(registries)];
}
