import type { DockerfileOutline } from '@kanikit/spec';
import type { CacheUse } from '../arguments/cache-use.ts';
import { mountsOf } from '../dockerfile/mounts.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { lastReadRelease } from './feature-table.ts';
import { isFeatureOn, readsFeature } from './has-feature.ts';

/** Feature flags that keep the layer cache from giving a wrong layer; they change cache keys and what a cached layer leaves behind, not images. */
const cacheFeatures = [
  // The values of variables in WORKDIR, COPY and ADD, and the text of heredocs, become part of the key.
  'FF_KANIKO_RESOLVE_CACHE_KEY',
  // Else the mark of a removed file is copied into another stage, and removes a file there.
  'FF_KANIKO_SKIP_WRITE_WHITEOUTS',
  // Else a pattern such as * leaves the files of COPY --from out of the key.
  'FF_KANIKO_SCOPED_DOCKERIGNORE',
  // Else different folders, or different steps, can have the same key.
  'FF_KANIKO_HASH_DIR_FRAMING',
  'FF_KANIKO_ROLLING_CACHE_KEY',
];

/** The feature flag that switches a type of mount on, in releases that have it switched off. */
export const mountFeatures: Readonly<Record<string, string>> = {
  cache: 'FF_KANIKO_RUN_MOUNT_CACHE',
  secret: 'FF_KANIKO_RUN_MOUNT_SECRET',
  bind: 'FF_KANIKO_RUN_MOUNT_BIND',
};

/** What of a build asks for feature flags. */
export interface FeatureNeeds {
  readonly cache: CacheUse;
  readonly hasSecrets: boolean;
  /** Undefined where the Dockerfile can't be read. */
  readonly outline: DockerfileOutline | undefined;
}

/** Feature flags that kanikit switches on for a build: they are in this release, are off, and the build goes wrong without. */
export function wantedFeatures(needs: FeatureNeeds, executor: ExecutorRelease): string[] {
  const steps = (needs.outline?.stages ?? [])
    .filter(({ isNeeded }) => isNeeded)
    .flatMap(({ steps }) => steps);
  const types = new Set(steps.flatMap(({ instruction }) => mountsOf(instruction).map(({ type }) => type)));
  if (needs.hasSecrets) types.add('secret');
  const wanted = [
    ...(needs.cache.isOn ? cacheFeatures : []),
    ...[...types].flatMap((type) => mountFeatures[type] ?? []),
  ];
  // What a later release has on by default is announced, not read: there it is set in any case.
  const isAnnounced = compareReleases(executor.version, lastReadRelease) > 0;
  return wanted.filter(
    (name) => readsFeature(executor, name) && (isAnnounced || !isFeatureOn(executor, name)),
  );
}
