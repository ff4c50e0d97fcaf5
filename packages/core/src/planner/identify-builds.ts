import { basename, resolve } from 'node:path';
import { type BuildRequest, KanikitError, parseImageReference } from '@kanikit/spec';
import { stripEnds } from '@kanikit/toolkit/text';
import type { Environment } from '../model/environment.ts';

/** A request with the names it goes by in this run. */
export interface IdentifiedBuild {
  readonly request: BuildRequest;
  /** Unique everywhere: label value, log file name, part of the pod's name. */
  readonly id: string;
  /** Unique in the run, for people. */
  readonly name: string;
}

/** Longest slug in an id: with prefix and suffix a pod name stays under 63 characters (a DNS label). */
const slugLimit = 40;

/**
 * Gives every request a name (its own, else the context folder's, else the image's) and an id.
 *
 * @throws KanikitError `build-name-duplicate` when two requests ask for the same name
 */
export function identifyBuilds(
  requests: readonly BuildRequest[],
  environment: Environment,
): IdentifiedBuild[] {
  const taken = new Set<string>();
  for (const { name } of requests) {
    if (name === undefined) continue;
    if (taken.has(name)) {
      throw new KanikitError({
        code: 'build-name-duplicate',
        message: `Naming the builds: two builds are called "${name}".`,
        hint: 'Give each build of a run its own name.',
      });
    }
    taken.add(name);
  }
  return requests.map((request) => {
    const name = request.name ?? freeName(nameOf(request, environment), taken);
    taken.add(name);
    return { request, name, id: `${slugOf(name)}-${environment.randomHex(6)}` };
  });
}

function nameOf(request: BuildRequest, environment: Environment): string {
  if (!request.context.includes('://') && request.context !== '-') {
    const folder = basename(resolve(environment.workingDirectory, request.context));
    if (folder !== '') return folder.replace(/\.(?:tar\.gz|tgz|tar)$/, '');
  }
  const [destination] = request.destinations;
  if (destination === undefined) return 'build';
  try {
    return parseImageReference(destination).repository.split('/').at(-1) ?? 'build';
  } catch {
    // A bad destination is reported by the preflight, with its own words.
    return 'build';
  }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  let count = 2;
  while (taken.has(`${wanted}-${count}`)) count += 1;
  return `${wanted}-${count}`;
}

function slugOf(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const slug = stripEnds(words.slice(0, slugLimit), '-');
  return slug === '' ? 'build' : slug;
}
