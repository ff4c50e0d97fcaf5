import { KanikitError } from '@kanikit/spec';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { compareReleases } from '../executor/version.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { type FeatureProfile, firstProfileRelease, profileChanges } from './feature-profiles.ts';
import { type ExecutorFeature, executorFeatures, lastReadRelease } from './feature-table.ts';
import { featureState, findFeature, type SetFeatures } from './has-feature.ts';

/** What decides about the feature flags of a build. */
export interface FeatureChoice {
  /** By full name; the user's own choice. */
  readonly features?: SetFeatures | undefined;
  readonly profile?: FeatureProfile | undefined;
  /** Variables that the user gives to the pod: a feature flag among them is checked, and wins. What is no text comes from the cluster, and is unknown. */
  readonly env?: Readonly<Record<string, unknown>> | undefined;
  /** Feature flags that kanikit switches on unless the user says otherwise. */
  readonly wanted?: readonly string[] | undefined;
}

/** Something to tell about a feature flag. */
export interface FeatureNotice {
  readonly code: 'feature-without-effect' | 'feature-unverified';
  readonly message: string;
  readonly hint: string;
}

/** The feature flags of a build. */
export interface ResolvedFeatures {
  /** Variables of the executor besides those that the user gives to the pod. */
  readonly env: Readonly<Record<string, string>>;
  /** All that is set, whoever set it. */
  readonly set: SetFeatures;
  readonly notices: readonly FeatureNotice[];
}

const prefix = 'FF_KANIKO_';

/**
 * Decides which feature flags are set. The pod's own variables go before `features`, these before the profile, this before what
 * kanikit wants.
 *
 * @throws KanikitError `feature-unknown`, `feature-unsupported`, `feature-value-invalid`, `feature-contradiction`, `feature-profile-unsupported`
 */
export function resolveFeatures(choice: FeatureChoice, executor: ExecutorRelease): ResolvedFeatures {
  const chosen = choice.features ?? {};
  const given = featuresOfEnvironment(choice.env ?? {});
  for (const [name, value] of Object.entries(chosen)) {
    if (given[name] !== undefined && given[name] !== value) throw contradiction(name, value);
  }
  const explicit = { ...chosen, ...given };
  const notices = Object.entries(explicit).flatMap(([name, value]) => checkFeature(name, value, executor));
  const own = Object.fromEntries(
    [...(choice.wanted ?? []), ...profileFeatures(choice.profile, executor)].map((name) => [name, true]),
  );
  const set = { ...own, ...explicit };
  const env = Object.entries(set)
    .filter(([name]) => choice.env?.[name] === undefined)
    .map(([name, value]) => [name, String(value)] as const);
  return { env: Object.fromEntries(env), set, notices };
}

function featuresOfEnvironment(env: Readonly<Record<string, unknown>>): SetFeatures {
  const flags = Object.entries(env).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(
    flags.flatMap(([name, value]) => (typeof value === 'string' ? [[name, readBoolean(name, value)]] : [])),
  );
}

/** The executor reads the value with Go's `strconv.ParseBool`, and takes its default for what that refuses. */
function readBoolean(name: string, value: string): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw new KanikitError({
    code: 'feature-value-invalid',
    message: `Setting the feature flag ${name}: the executor does not read "${value}" and goes on as if nothing was set.`,
    hint: 'Write true or false.',
  });
}

function profileFeatures(profile: FeatureProfile | undefined, executor: ExecutorRelease): string[] {
  if (profile === undefined) return [];
  const isFrom = (release: string): boolean => compareReleases(executor.version, release) >= 0;
  if (executor.distribution !== 'osscontainertools' || !isFrom(firstProfileRelease)) {
    throw new KanikitError({
      code: 'feature-profile-unsupported',
      message: `Setting the feature profile ${profile}: ${labelOf(executor)} documents none.`,
      hint: `Choose osscontainertools ${firstProfileRelease} or later, or name the feature flags themselves.`,
    });
  }
  return profileChanges(profile)
    .filter(({ since }) => isFrom(since))
    .flatMap(({ features }) => features);
}

function checkFeature(name: string, value: boolean, executor: ExecutorRelease): FeatureNotice[] {
  const feature = findFeature(name);
  if (feature === undefined) {
    if (isNewerThanTable(executor) && name.startsWith(prefix)) return [unverified(name, executor)];
    throw unknownFeature(name);
  }
  switch (featureState(executor, feature)) {
    case 'on':
    case 'off':
      return [];
    case 'not-yet':
      if (!value) return [withoutEffect(name, `${labelOf(executor)} does not have it`)];
      throw unsupported(feature, executor);
    case 'always':
      if (value) return [withoutEffect(name, `${labelOf(executor)} always does what it switched on`)];
      throw unsupported(feature, executor);
  }
}

function isNewerThanTable({ distribution, version }: ExecutorRelease): boolean {
  return distribution === 'osscontainertools' && compareReleases(version, lastReadRelease) > 0;
}

function unverified(name: string, executor: ExecutorRelease): FeatureNotice {
  return {
    code: 'feature-unverified',
    message: `The feature flag ${name} is unknown in osscontainertools ${lastReadRelease}, the newest release that kanikit knows.`,
    hint: `It is passed on to ${labelOf(executor)}, whose log says what it makes of it.`,
  };
}

function withoutEffect(name: string, reason: string): FeatureNotice {
  return {
    code: 'feature-without-effect',
    message: `The feature flag ${name} has no effect: ${reason}.`,
    hint: 'Leave it out.',
  };
}

function unknownFeature(name: string): KanikitError {
  const names = executorFeatures.map((feature) => feature.name);
  const full = name.toUpperCase().replaceAll('-', '_');
  const near = nearestName(full.startsWith(prefix) ? full : prefix + full, names);
  return new KanikitError({
    code: 'feature-unknown',
    message: `Setting the feature flag ${name}: no release of Kaniko has it.`,
    hint: near === undefined ? `Names begin with ${prefix}.` : `Did you mean ${near}?`,
  });
}

function unsupported(feature: ExecutorFeature, executor: ExecutorRelease): KanikitError {
  const isGone =
    executor.distribution === 'osscontainertools' && compareReleases(executor.version, feature.since) >= 0;
  const reads =
    feature.alwaysFrom === undefined
      ? `Releases of osscontainertools from ${feature.since} on read it.`
      : `Releases of osscontainertools from ${feature.since} on read it, and from ${feature.alwaysFrom} on always do what it switched on.`;
  return new KanikitError({
    code: 'feature-unsupported',
    message: isGone
      ? `Setting the feature flag ${feature.name}: ${labelOf(executor)} always does what it switched on, and can't be told not to.`
      : `Setting the feature flag ${feature.name}: ${labelOf(executor)} does not have it.`,
    hint: `${reads} Choose another executor, or leave it out.`,
  });
}

function contradiction(name: string, value: boolean): KanikitError {
  return new KanikitError({
    code: 'feature-contradiction',
    message: `Setting the feature flag ${name}: it is ${value ? 'on' : 'off'} in the features of the build and ${value ? 'off' : 'on'} in the variables of its pod.`,
    hint: 'Say it once.',
  });
}

function labelOf({ distribution, version }: ExecutorRelease): string {
  return `Kaniko ${version} (${distribution})`;
}
