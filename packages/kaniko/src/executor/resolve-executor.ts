import { type ExecutorChoice, type ExecutorDistribution, KanikitError } from '@kanikit/spec';
import { defaultDistribution, distributions, imageDigests } from './catalogue.ts';
import { compareReleases, parseRelease } from './version.ts';

/** The release whose flags and habits count. */
export interface ExecutorRelease {
  readonly distribution: ExecutorDistribution;
  /** Without `v`, e.g. `1.28.3`. */
  readonly version: string;
}

/** An executor that can be run. */
export interface ResolvedExecutor extends ExecutorRelease {
  /** Full image name, with a digest where it is known. */
  readonly image: string;
}

/**
 * Completes a choice of executor: the pinned release of the maintained fork where nothing is said.
 *
 * @throws KanikitError `executor-distribution-unknown`, `executor-version-invalid`, `executor-image-missing`
 */
export function resolveExecutor(choice: ExecutorChoice | undefined): ResolvedExecutor {
  const distribution = choice?.distribution ?? defaultDistribution;
  if (!Object.hasOwn(distributions, distribution)) throw unknownDistribution(distribution);
  const version = releaseOf(distribution, choice?.version);
  return { distribution, version, image: choice?.image ?? publishedImage(distribution, version) };
}

/** The publishers that have made this release, or may have: those whose first release it is not before, and whose last not after. */
export function publishersOf(version: string): ExecutorDistribution[] {
  const release = parseRelease(version);
  if (release === undefined) return [];
  const names = Object.keys(distributions) as ExecutorDistribution[];
  return names.filter((name) => {
    const { firstRelease, lastRelease } = distributions[name];
    return (
      compareReleases(release, firstRelease) >= 0 &&
      (lastRelease === undefined || compareReleases(release, lastRelease) <= 0)
    );
  });
}

function releaseOf(distribution: ExecutorDistribution, wanted: string | undefined): string {
  const entry = distributions[distribution];
  if (wanted === undefined) return entry.pinnedRelease;
  const release = parseRelease(wanted);
  if (release === undefined) {
    throw new KanikitError({
      code: 'executor-version-invalid',
      message: `Choosing the executor: "${wanted}" is not a release of Kaniko.`,
      hint: `Name a release such as ${entry.pinnedRelease}; give variants and moving tags (debug, latest) as the image, with the release they hold as the version.`,
    });
  }
  const isTooOld = compareReleases(release, entry.firstRelease) < 0;
  const isTooNew = entry.lastRelease !== undefined && compareReleases(release, entry.lastRelease) > 0;
  if (isTooOld || isTooNew) {
    throw new KanikitError({
      code: 'executor-version-invalid',
      message: `Choosing the executor: there is no ${distribution} release ${release} (${isTooOld ? 'its first is' : 'its last was'} ${isTooOld ? entry.firstRelease : entry.lastRelease}).`,
      hint: isTooOld
        ? 'Older releases were made by the distribution "google".'
        : 'Newer releases are made by the distribution "osscontainertools".',
    });
  }
  return release;
}

function publishedImage(distribution: ExecutorDistribution, version: string): string {
  const { repository } = distributions[distribution];
  if (repository === undefined) {
    throw new KanikitError({
      code: 'executor-image-missing',
      message: `Choosing the executor: ${distribution} publishes no public image of Kaniko ${version}.`,
      hint: 'Give the full name of the image in your own registry as the executor image.',
    });
  }
  const name = `${repository}:v${version}`;
  const digest = imageDigests[name];
  return digest === undefined ? name : `${name}@${digest}`;
}

function unknownDistribution(distribution: string): KanikitError {
  return new KanikitError({
    code: 'executor-distribution-unknown',
    message: `Choosing the executor: nobody called "${distribution}" publishes Kaniko.`,
    hint: `Take one of ${Object.keys(distributions).join(', ')}.`,
  });
}
