import type { ExecutorDistribution } from '@kanikit/spec';

/** What is known about a publisher of executors. */
export interface DistributionEntry {
  /** Where its images can be pulled from; undefined where they are not public. */
  readonly repository: string | undefined;
  readonly firstRelease: string;
  /** Undefined while the publisher still makes releases. */
  readonly lastRelease: string | undefined;
  /** The release taken when the user names none. */
  readonly pinnedRelease: string;
}

/** Publishers of executors; see docs/decisions/0010-default-executor.md. */
export const distributions: Readonly<Record<ExecutorDistribution, DistributionEntry>> = {
  google: {
    repository: 'gcr.io/kaniko-project/executor',
    firstRelease: '0.1.0',
    lastRelease: '1.24.0',
    pinnedRelease: '1.24.0',
  },
  osscontainertools: {
    repository: 'ghcr.io/osscontainertools/kaniko',
    firstRelease: '1.24.0-1',
    lastRelease: undefined,
    pinnedRelease: '1.28.3',
  },
  chainguard: {
    repository: undefined,
    firstRelease: '1.25.0',
    lastRelease: undefined,
    pinnedRelease: '1.25.5',
  },
};

/** The maintained publisher. */
export const defaultDistribution: ExecutorDistribution = 'osscontainertools';

/**
 * Index digests (`sha256:…`) of released images by `repository:tag`; without one the image is named by its tag. A digest goes in only when it
 * was read from the registry, or when independent public sources agree on it; see docs/decisions/0090-executor-by-digest.md.
 */
export const imageDigests: Readonly<Record<string, string>> = {
  'gcr.io/kaniko-project/executor:v1.24.0':
    'sha256:4e7a52dd1f14872430652bb3b027405b8dfd17c4538751c620ac005741ef9698',
};
