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
/** As the executor takes it: also with underscores, as names of containers have them. */
const hostPattern = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?)(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
/** The executor takes no other algorithm. */
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** How long the executor lets a repository be, without its registry and as it is written. */
const shortestRepository = 2;
const longestRepository = 255;

/**
 * Reads an image name (`[registry/]repository[:tag][@digest]`).
 *
 * Source: the `reference` grammar of the CNCF distribution project with docker's rule for the default registry, and of that what
 * the executor takes (go-containerregistry's package `name`, weak validation): lengths, digests, what is a host.
 *
 * @throws KanikitError `image-reference-invalid`
 */
export function parseImageReference(text: string): ImageReference {
  if (mayHoldPassword(text)) throw withLogin(text);
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const { host, path } = splitHost(hasTag ? named.slice(0, colon) : named);
  if (host !== undefined && !isHost(host)) throw invalid(text, `"${host}" is not a registry host`);
  if (path === '') throw invalid(text, 'the name is empty');
  if (tag === '') throw invalid(text, 'the tag behind the colon is empty');
  if (!repositoryPattern.test(path)) {
    throw invalid(text, `"${path}" may hold only lower-case letters, digits and . _ - between them`);
  }
  const full = inFull(host, path);
  // With a digest it counts the repository in full: a name of Docker Hub with its library/.
  const longest = digest === undefined ? path.length : full.repository.length;
  if (path.length < shortestRepository || longest > longestRepository) {
    const limits = `${shortestRepository} to ${longestRepository} characters`;
    const length = path.length === 1 ? '1 character' : `${path.length} characters`;
    throw invalid(text, `"${path}" has ${length}, and the executor takes ${limits}`);
  }
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid(text, `"${tag}" is not a tag`);
  if (digest !== undefined && !digestPattern.test(digest)) {
    throw invalid(text, `"${digest}" is not a digest (sha256: and 64 digits in lower case)`);
  }
  return { ...full, tag, digest };
}

/** Writes a reference in full, registry included. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** The part before the first slash is a host if it could be no folder: with a dot or a colon in it, or `localhost`. */
function splitHost(name: string): { host: string | undefined; path: string } {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  return hasHost ? { host: first, path: name.slice(slash + 1) } : { host: undefined, path: name };
}

function isHost(host: string): boolean {
  // A URL's own reading says whether an address in brackets is one.
  return hostPattern.test(host) && URL.canParse(`http://${host.replaceAll('_', '-')}`);
}

function inFull(host: string | undefined, path: string): { registry: string; repository: string } {
  if (host !== undefined && host !== 'docker.io' && host !== dockerHubRegistry) {
    return { registry: host, repository: path };
  }
  return { registry: dockerHubRegistry, repository: path.includes('/') ? path : `library/${path}` };
}

/** `user:password@registry.example.com/app`: behind the `@` of a name there is a digest and nothing else. */
function mayHoldPassword(text: string): boolean {
  const at = text.lastIndexOf('@');
  return at !== -1 && text.slice(0, at).includes(':') && !/^sha\d+:[^/]*$/i.test(text.slice(at + 1));
}

function withLogin(text: string): KanikitError {
  return new KanikitError({
    code: 'image-reference-invalid',
    message: `Reading the image name "***${text.slice(text.lastIndexOf('@'))}": what is behind the @ is not a digest.`,
    hint: 'Write it as registry.example.com/team/app:tag, without user and password: those are taken from docker login.',
  });
}

function invalid(text: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'image-reference-invalid',
    message: `Reading the image name "${text}": ${reason}.`,
    hint: 'Write it as registry.example.com/team/app:tag.',
  });
}
