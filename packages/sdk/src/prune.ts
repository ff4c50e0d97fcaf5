import { type Cluster, type ContextStore, isKanikitError, type Problem, type Remnant } from '@kanikit/spec';
import type { PrunedItem, PruneResult, PruneRunOptions } from './calls/prune.ts';
import { buildsOf } from './found-builds.ts';

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
