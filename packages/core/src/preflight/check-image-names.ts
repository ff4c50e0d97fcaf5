import { type ExecutorRelease, pulledImages, rawCacheRepositories, takesLocalhost } from '@kanikit/kaniko';
import { checkCacheRepository } from './check-destinations.ts';
import { type BuildRequest, type DockerfileOutline, KanikitError, parseImageReference } from '@kanikit/spec';

/**
 * Refuses names that this executor would refuse, or take for other images, after it started: of destinations, the cache and what it pulls.
 *
 * @throws KanikitError `image-reference-invalid`, `cache-repository-invalid`, `image-host-ignored`
 */
export function checkImageNames(
  request: BuildRequest,
  outline: DockerfileOutline | undefined,
  executor: ExecutorRelease,
): void {
  const pulled = outline === undefined ? [] : pulledImages(outline);
  // What is left of a variable is no name yet.
  const images = pulled.filter((image) => !image.includes('$'));
  for (const image of images) parseImageReference(image);
  const raw = rawCacheRepositories(request.executorArgs ?? [], executor);
  const caches = raw.filter((name) => !name.startsWith('oci:'));
  for (const cache of caches) checkCacheRepository(cache);
  if (takesLocalhost(executor)) return;
  const own = typeof request.cache === 'object' ? (request.cache.repository ?? []) : [];
  const localhost = [...request.destinations, ...[own].flat(), ...caches, ...images].find((name) =>
    name.startsWith('localhost/'),
  );
  if (localhost === undefined) return;
  throw new KanikitError({
    code: 'image-host-ignored',
    message: `Reading the image name "${localhost}": Kaniko ${executor.version} (${executor.distribution}) takes it for a repository of Docker Hub, and not for a registry on localhost.`,
    hint: `Name the port (localhost:80/${localhost.slice('localhost/'.length)}), or choose osscontainertools 1.28.0 or later.`,
  });
}
