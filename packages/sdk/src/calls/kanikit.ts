import type { BuildPlan, BuildResult } from '@kanikit/core';
import type { BuildRequest, ClusterDescription } from '@kanikit/spec';
import type { FoundBuilds } from './found-builds.ts';
import type { KanikitRun } from './kanikit-run.ts';
import type { PruneResult, PruneRunOptions } from './prune.ts';

export interface StartOptions {
  /** Aborting cancels the builds and removes what they created. */
  readonly signal?: AbortSignal | undefined;
  /** The first build that fails, after its retries, cancels the others of the run. @default false: they go on */
  readonly failFast?: boolean | undefined;
  /**
   * Lets go of each build as soon as its pod has its context: `result` then has the outcome `detached`, and `attach` comes back to it. Nothing of it is
   * removed: `prune` does that when it has ended, or the cluster (`pod.podAs: 'job'`). @default false
   */
  readonly isDetached?: boolean | undefined;
}

/** Builds images. Get one from `createKanikit`. */
export interface Kanikit extends AsyncDisposable, FoundBuilds {
  readonly cluster: ClusterDescription;
  /** Starts builds side by side. Requests are taken as they are now: what changes in them later is of no effect. */
  start(requests: BuildRequest | readonly BuildRequest[], options?: StartOptions): KanikitRun;
  /**
   * Builds one image.
   *
   * @throws BuildError with the `code` of the failure catalogue when it fails, `cancelled` or `timeout` when it is stopped (`cause` is then the reason of
   * the signal); its `result` is how the build ended
   * @throws KanikitError `request-invalid`, `options-invalid`
   */
  build(request: BuildRequest, options?: StartOptions): Promise<BuildResult>;
  /** What `start` would create, secrets hidden; touches neither cluster nor bucket. */
  plan(
    requests: BuildRequest | readonly BuildRequest[],
    options?: StartOptions,
  ): Promise<readonly BuildPlan[]>;
  /**
   * Removes what killed clients left in cluster and bucket, and what was kept until now. Never a build whose client is alive, and nothing that
   * kanikit did not label.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  prune(options?: PruneRunOptions): Promise<PruneResult>;
  /** Cancels what runs, waits until it is cleaned up, closes connections. */
  close(): Promise<void>;
}
