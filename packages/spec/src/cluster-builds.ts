import type { ClusterPod, LogLine, PodResult } from './cluster-pod.ts';
import type { OutlineStage } from './outline.ts';
import type { Problem } from './problem.ts';
import type { RunContext } from './run-context.ts';

/**
 * What a pod tells about its build, so that others can list it, follow it and come to the same verdict. Written where everyone who may read
 * pods can read it: nothing in it is secret.
 */
export interface BuildAbout {
  /** Display name. */
  readonly name: string;
  readonly destinations: readonly string[];
  /** Context as it is shown: without user, password, token or signature. */
  readonly context: string;
  readonly platform: string | undefined;
  /** Repository of cached layers, where it is not the first destination's own. */
  readonly cacheRepository: string | undefined;
  /** `google@1.24.0`. */
  readonly executor: string;
  /** The map of the Dockerfile; left out where it is unknown or too large for a pod to carry. */
  readonly outline: readonly OutlineStage[] | undefined;
  /** Where in the bucket the context lies, for people and without credentials; undefined where it lies in none. */
  readonly contextLocation: string | undefined;
}

/**
 * Whose a build is. `alive`: its client was heard of lately and will clean up. `detached`: nobody waits for it, on purpose. `abandoned`: its client
 * was to be heard of and is not. `unknown`: its client can't give signs of life (no right to write leases).
 */
export type BuildOwnership = 'alive' | 'detached' | 'abandoned' | 'unknown';

/** Where a build's pod stands. */
export type FoundPhase =
  | { readonly state: 'pending'; readonly reason: string | undefined; readonly message: string | undefined }
  | { readonly state: 'running' }
  /** On its way out: someone deleted it. */
  | { readonly state: 'stopping' }
  | { readonly state: 'ended'; readonly result: PodResult };

/** A build that is in the cluster, whoever started it. Times are milliseconds since the epoch, by the clock of the server. */
export interface FoundBuild {
  readonly runId: string;
  readonly buildId: string;
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  /** Name of the Job that made the pod; undefined for a pod of its own. */
  readonly job: string | undefined;
  /** Undefined for pods of versions that did not tell. */
  readonly about: BuildAbout | undefined;
  readonly image: string;
  /** Arguments of the executor; credentials are not among them. */
  readonly args: readonly string[];
  readonly node: string | undefined;
  readonly phase: FoundPhase;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** When the cluster ends the build at the latest; counted from the start, where it has one. */
  readonly deadlineAt: number | undefined;
  readonly ownership: BuildOwnership;
  /** `user@host`, or the name of the pod the client runs in. */
  readonly owner: string | undefined;
  /** Last sign of life of the client; its launch of the pod is one. */
  readonly heardAt: number;
  /** Until when an ended build is kept on purpose; undefined where it is not. */
  readonly keepUntil: number | undefined;
  readonly cancelled: { readonly by: string; readonly at: number | undefined } | undefined;
  /** Names of the secrets the pod uses, never their values. */
  readonly secrets: readonly string[];
}

export interface BuildQuery {
  /** @default the cluster's namespace */
  readonly namespace?: string | undefined;
  /** True looks in all namespaces. @default false */
  readonly isEverywhere?: boolean | undefined;
}

/** An event of the cluster about a build's pod or Job. */
export interface FoundEvent {
  readonly time: number | undefined;
  readonly isWarning: boolean;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

export interface FoundCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

/** What is worth knowing of a build besides what a list tells. */
export interface BuildDetails {
  readonly conditions: readonly FoundCondition[];
  /** Oldest first, the last 50; empty where they may not be read. */
  readonly events: readonly FoundEvent[];
}

/** Something that a client left in the cluster. */
export interface Remnant {
  readonly kind: 'pod' | 'job' | 'secret' | 'lease';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined for what belongs to no build. */
  readonly runId: string | undefined;
  readonly buildId: string | undefined;
  /** Why it can go, for people: `its client was last heard of 20 minutes ago`. */
  readonly reason: string;
}

export interface RemnantQuery extends BuildQuery {
  /** Takes only what is at least this old, in milliseconds. */
  readonly olderThanMs?: number | undefined;
  /** Takes builds that ended on their own even where they are to be kept. @default false */
  readonly isAllEnded?: boolean | undefined;
}

export interface FoundRemnants {
  readonly remnants: readonly Remnant[];
  /** Runs with builds that stay, or whose client is alive: what they have elsewhere stays as well. */
  readonly neededRuns: readonly string[];
  /** What could not be looked at. */
  readonly problems: readonly Problem[];
}

/** What a client may do with builds that it did not start itself. Found by labels: nothing without them is ever touched. */
export interface ClusterBuilds {
  /**
   * Every build there is, newest last.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  find(
    query: BuildQuery,
    run: RunContext,
  ): Promise<{ readonly builds: readonly FoundBuild[]; readonly problems: readonly Problem[] }>;
  /** @throws KanikitError `cluster-unreachable`, `cluster-denied` */
  inspect(build: FoundBuild, run: RunContext): Promise<BuildDetails>;
  /**
   * What the executor has printed until now, from the first byte.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`, `log-incomplete`, `build-not-started`
   */
  readLog(build: FoundBuild, run: RunContext): AsyncIterable<LogLine>;
  /**
   * Follows a build of any client: status and log from the beginning. `remove` lets go of it and removes nothing; `sendStdin` and `provide` are
   * its owner's.
   */
  adopt(build: FoundBuild, run: RunContext): ClusterPod;
  /**
   * Ends a build: says at its pod who did, then deletes it. Its client is told `cancelled`. Resolves with false where the first was not allowed: a
   * client that still runs then takes it for a pod that someone deleted: its build has failed.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  cancel(build: FoundBuild, run: RunContext): Promise<boolean>;
  /**
   * What killed clients left, and what was kept until now. Never a build whose client is alive.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  findRemnants(query: RemnantQuery, run: RunContext): Promise<FoundRemnants>;
  /**
   * Removes one, if it still is what was found.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  removeRemnant(remnant: Remnant, run: RunContext): Promise<void>;
}
