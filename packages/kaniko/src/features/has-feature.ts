import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { type ExecutorFeature, executorFeatures } from './feature-table.ts';

/** What the user or kanikit set, by name of the feature flag. */
export type SetFeatures = Readonly<Record<string, boolean>>;

/** How a release stands to a feature flag. */
export type FeatureState = 'not-yet' | 'off' | 'on' | 'always';

const featuresByName: ReadonlyMap<string, ExecutorFeature> = new Map(
  executorFeatures.map((feature) => [feature.name, feature]),
);

/** The feature flag of that name in any release. */
export function findFeature(name: string): ExecutorFeature | undefined {
  return featuresByName.get(name);
}

/** Whether this release reads the feature flag, and what it does when nothing is set. */
export function featureState(executor: ExecutorRelease, feature: ExecutorFeature): FeatureState {
  const isFrom = (release: string | undefined): boolean =>
    release !== undefined && compareReleases(executor.version, release) >= 0;
  if (executor.distribution !== 'osscontainertools' || !isFrom(feature.since)) return 'not-yet';
  if (isFrom(feature.alwaysFrom)) return 'always';
  return isFrom(feature.onFrom) ? 'on' : 'off';
}

/** True when this release does what the feature flag (full name) switches on, given what is set. */
export function isFeatureOn(executor: ExecutorRelease, name: string, set: SetFeatures = {}): boolean {
  const feature = featuresByName.get(name);
  if (feature === undefined) return false;
  const state = featureState(executor, feature);
  if (state === 'not-yet' || state === 'always') return state === 'always';
  return set[name] ?? state === 'on';
}

/** True when this release reads the feature flag (full name), so that setting it changes something. */
export function readsFeature(executor: ExecutorRelease, name: string): boolean {
  const feature = featuresByName.get(name);
  return feature !== undefined && ['on', 'off'].includes(featureState(executor, feature));
}
