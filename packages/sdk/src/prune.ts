import { type Cluster, type ContextStore, isKanikitError, type Problem, type Remnant } from '@kanikit/spec';
import { buildsOf, type BuildsOptions } from './found-builds.ts';

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

/** Removes what killed clients left in cluster and bucket, and what was kept until now. Goes on where one thing can't be removed. */
export async function prune(
  cluster: Cluster,
  store: ContextStore | undefined,
  options: PruneRunOptions,
): Promise<PruneResult> {
  const { namespace, isEverywhere, olderThanMs, isAllEnded, isDryRun = false } = options;
  const run = { signal: options.signal ?? new AbortController().signal, now: options.now ?? Date.now };
  const builds = buildsOf(cluster);
  const query = { namespace, isEverywhere, olderThanMs, isAllEnded };
  const { remnants, neededRuns, problems } = await builds.findRemnants(query, run);
  const items: PrunedItem[] = [];
  const note = (target: string, reason: string, problem?: Problem): void => {
    const item = { target, reason, problem };
    items.push(item);
    options.onRemoved?.(item);
  };
  for (const remnant of remnants) {
    const target = `${remnant.kind} ${remnant.namespace}/${remnant.name}`;
    try {
      if (!isDryRun) await builds.removeRemnant(remnant, run);
      note(target, remnant.reason);
    } catch (error) {
      if (run.signal.aborted || !isKanikitError(error)) throw error;
      note(target, remnant.reason, problemOf(error));
    }
  }
  const found = [...problems];
  if (store?.prune !== undefined) {
    const over = overRuns(remnants, neededRuns);
    const isNeeded = (runId: string): boolean => neededRuns.includes(runId);
    try {
      const left = await store.prune(
        { isOver: (runId) => over.has(runId), isNeeded, olderThanMs, isDryRun },
        run,
      );
      for (const { location, reason } of left) note(`context ${location}`, reason);
    } catch (error) {
      if (run.signal.aborted || !isKanikitError(error)) throw error;
      found.push(problemOf(error));
    }
  }
  return {
    removed: items.filter(({ problem }) => problem === undefined),
    failed: items.filter(({ problem }) => problem !== undefined),
    problems: found,
  };
}

/** Runs of which nothing stays in the cluster. */
function overRuns(remnants: readonly Remnant[], neededRuns: readonly string[]): ReadonlySet<string> {
  const runs = remnants.map(({ runId }) => runId).filter((runId) => runId !== undefined);
  return new Set(runs.filter((runId) => !neededRuns.includes(runId)));
}

function problemOf({ code, message, hint }: Problem): Problem {
  return { code, message, hint };
}
