import { KanikitError } from './errors.ts';

/** An image name as the OCI distribution specification and docker read it. */
export interface ImageReference {
  /** Registry host with port, `index.docker.io` where the name has none. */
  readonly registry: string;
  /** Repository path without the registry; Docker Hub's official images get their `library/`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** The registry of names without a host. */
export const dockerHubRegistry = 'index.docker.io';

const repositoryPattern =
  /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const hostPattern = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;

/**
 * Reads an image name (`[registry/]repository[:tag][@digest]`).
 *
 * Source: the `reference` grammar of the CNCF distribution project, with docker's rule for the default registry.
 *
 * @throws KanikitError `image-reference-invalid`
 */
export function parseImageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const name = hasTag ? named.slice(0, colon) : named;
  const { registry, repository } = splitRegistry(name);
  if (!hostPattern.test(registry)) throw invalid(text, `"${registry}" is not a registry host`);
  if (!repositoryPattern.test(repository)) {
    throw invalid(text, `"${repository}" may hold only lower-case letters, digits and . _ - between them`);
  }
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid(text, `"${tag}" is not a tag`);
  if (digest !== undefined && !digestPattern.test(digest)) throw invalid(text, `"${digest}" is not a digest`);
  return { registry, repository, tag, digest };
}

/** Writes a reference in full, registry included. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost' || /[A-Z]/.test(first);
  if (!isHost) return { registry: dockerHubRegistry, repository: slash === -1 ? `library/${name}` : name };
  const repository = name.slice(slash + 1);
  if (first === 'docker.io' || first === dockerHubRegistry) {
    return {
      registry: dockerHubRegistry,
      repository: repository.includes('/') ? repository : `library/${repository}`,
    };
  }
  return { registry: first, repository };
}

function invalid(text: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'image-reference-invalid',
    message: `Reading the image name "${text}": ${reason}.`,
    hint: 'Write it as registry.example.com/team/app:tag.',
  });
}
