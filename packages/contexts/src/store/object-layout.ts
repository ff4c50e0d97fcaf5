import type { UploadOptions } from '@kanikit/spec';
import type { StoredObject } from './object-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Parts that a killed process left are of use to the upload that is tried again, not much longer. */
export const leftPartMs: number = dayMs;
/** No executor waits longer for an archive: signed URLs live a week at most. */
export const leftArchiveMs: number = 7 * dayMs;

/**
 * Keys of an upload. Objects of a run and objects that are kept lie in folders of their own, so that each is cleaned by its own rule:
 * `runs/<run>/<build>/<digest>.tar.gz` and `runs/parts/<sha256>`, `contexts/<digest>.tar.gz` and `contexts/parts/<sha256>`.
 */
export interface ObjectLayout {
  readonly isKept: boolean;
  /** Prefix of everything that is cleaned by the same rule. */
  readonly folder: string;
  part(digest: string): string;
  /** Where the archive goes. */
  archive(digest: string): string;
  /** Where an archive goes whose digest is not known before its end. */
  readonly unnamedArchive: string;
  /** Whether an archive is the run's own, to be removed after it. */
  isOfRun(key: string): boolean;
  /** How long an object is good for after it was written or renewed, in milliseconds. */
  lifeMs(key: string): number;
}

/** Folder of what belongs to runs, and goes with them. */
export function runsFolder(prefix: string): string {
  return `${prefix === '' ? '' : `${prefix}/`}runs/`;
}

export function createObjectLayout(prefix: string, options: UploadOptions): ObjectLayout {
  const root = prefix === '' ? '' : `${prefix}/`;
  const isKept = options.keepMs !== undefined;
  const folder = `${root}${isKept ? 'contexts' : 'runs'}/`;
  const parts = `${folder}parts/`;
  // By build, too: two builds of a run may have the same content, and one must not remove what the other reads.
  const runFolder = `${runsFolder(prefix)}${plain(options.runId)}/${plain(options.buildIds[0] ?? 'build')}/`;
  // An object is used as it is in the first half of its life and renewed in the second, so that none ends while a build waits for it.
  const leastMs = 2 * options.lifetimeMs;
  return {
    isKept,
    folder,
    part: (digest) => `${parts}${hexOf(digest)}`,
    archive: (digest) => `${isKept ? folder : runFolder}${hexOf(digest)}.tar.gz`,
    unnamedArchive: `${runFolder}context.tar.gz`,
    isOfRun: (key) => key.startsWith(runFolder),
    lifeMs(key) {
      const lifeMs = options.keepMs ?? (key.startsWith(parts) ? leftPartMs : leftArchiveMs);
      return Math.max(lifeMs, leastMs);
    },
  };
}

export type Age = 'fresh' | 'ageing' | 'expired';

export function ageOf(object: StoredObject, layout: ObjectLayout, now: number): Age {
  const lifeMs = layout.lifeMs(object.key);
  const ageMs = now - object.modifiedMs;
  if (ageMs >= lifeMs) return 'expired';
  return ageMs >= lifeMs / 2 ? 'ageing' : 'fresh';
}

/** Carried by every object, so that people can tell whose it is. */
export function metadataOf(
  options: UploadOptions,
  digest: string | undefined,
): Readonly<Record<string, string>> {
  const labels = Object.entries(options.labels ?? {}).map(([name, value]) => [
    name.toLowerCase().replace(/[^a-z0-9-]/g, '-'),
    printable(value),
  ]);
  const [first = '', ...others] = options.buildIds;
  return {
    ...(Object.fromEntries(labels) as Record<string, string>),
    'kanikit-run': printable(options.runId),
    'kanikit-build': printable(first) + (others.length > 0 ? ` and ${others.length} more` : ''),
    ...(digest !== undefined && { 'kanikit-digest': digest }),
  };
}

function hexOf(digest: string): string {
  return plain(digest.slice(digest.indexOf(':') + 1));
}

/** Safe in a key, a header and a URL. */
function plain(identifier: string): string {
  return identifier.replace(/[^\w.-]/g, '-');
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '-');
}
