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
 * Index digests (`sha256:…`) of released images by `repository:tag`. A digest goes in only when it was read from the
 * registry and its signature checked; without one the image is named by its tag.
 */
export const imageDigests: Readonly<Record<string, string>> = {};
