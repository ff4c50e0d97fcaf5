import type { BuildDetails, FoundBuild, LogLine } from '@kanikit/spec';
import type { KanikitRun } from './kanikit-run.ts';

/** Which builds to look at. */
export interface BuildsOptions {
  /** @default the cluster's namespace */
  readonly namespace?: string | undefined;
  /** True looks in all namespaces, which needs the right to list pods in the whole cluster. @default false */
  readonly isEverywhere?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AttachOptions extends BuildsOptions {
  /** Folder for full logs (`<folder>/<run>/<build>.log`). @default that of `createKanikit` */
  readonly logFolder?: string | undefined;
}

export interface LogsOptions extends BuildsOptions {
  /** True goes on until the build has ended. @default false: what there is now */
  readonly isFollowed?: boolean | undefined;
  /** Only lines that are at most this old, in milliseconds. @default all, from the first byte */
  readonly sinceMs?: number | undefined;
}

/** A build with everything that is worth knowing of it. */
export interface InspectedBuild extends FoundBuild {
  readonly details: BuildDetails;
}

/** How cancelling one build went. */
export interface CancelledBuild {
  readonly build: FoundBuild;
  /** `ended`: there was nothing left to cancel. */
  readonly outcome: 'cancelled' | 'ended';
  /** False where the build could not be marked before it was deleted: for a client that still runs it has failed, not been cancelled. */
  readonly isMarked: boolean;
}

/** Builds of any client, by the id of a build or run, the name of a pod, or a display name that only one has. */
export interface FoundBuilds {
  builds(options?: BuildsOptions): Promise<readonly FoundBuild[]>;
  attach(names: string | readonly string[], options?: AttachOptions): Promise<KanikitRun>;
  logs(name: string, options?: LogsOptions): AsyncIterable<LogLine>;
  inspect(name: string, options?: BuildsOptions): Promise<InspectedBuild>;
  cancel(names: string | readonly string[], options?: BuildsOptions): Promise<readonly CancelledBuild[]>;
}
