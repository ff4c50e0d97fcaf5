import { baseImages } from '@kanikit/kaniko';
import { type DockerfileOutline, parseImageReference } from '@kanikit/spec';

/** Registries a build talks to: those it pushes to and those its base images come from. */
export function registriesInUse(
  pushRegistries: readonly string[],
  outline: DockerfileOutline | undefined,
): string[] {
  const used = new Set(pushRegistries);
  for (const image of outline === undefined ? [] : baseImages(outline)) {
    try {
      used.add(parseImageReference(image).registry);
    } catch {
      // A base with unresolved variables has no registry we could know; the executor reports a bad one with its own words.
    }
  }
  return [...used];
}
