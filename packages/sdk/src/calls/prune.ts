import type { Problem } from '@kanikit/spec';
import type { BuildsOptions } from './found-builds.ts';

export interface PruneRunOptions extends BuildsOptions {
  /** True removes nothing, and tells what would go. @default false */
  readonly isDryRun?: boolean | undefined;
  /** Takes only what is at least this old, in milliseconds. @default by what it is: see `docs/builds-in-the-cluster.md` */
  readonly olderThanMs?: number | undefined;
  /** Takes builds that ended even where they are to be kept. @default false */
  readonly isAllEnded?: boolean | undefined;
  /** Time, for tests. @default `Date.now` */
  readonly now?: (() => number) | undefined;
  /** Told of each thing that went, or would go. */
  readonly onRemoved?: ((item: PrunedItem) => void) | undefined;
}

/** Something that nobody needed any longer. */
export interface PrunedItem {
  /** For people: `pod builds/kanikit-api-1a2b3c`, `context s3://…`. */
  readonly target: string;
  /** For people: `its client was last heard of 20 minutes ago`. */
  readonly reason: string;
  /** What kept it from going. */
  readonly problem: Problem | undefined;
}

export interface PruneResult {
  readonly removed: readonly PrunedItem[];
  /** What could not be removed. */
  readonly failed: readonly PrunedItem[];
  /** What could not be looked at. */
  readonly problems: readonly Problem[];
}
