import { KanikitError, type LeftContext, type PruneOptions, type RunContext } from '@kanikit/spec';
import type { StoreKind } from './store-kind.ts';
import { inParallel } from './in-parallel.ts';
import { removeUnlessRenewed } from './maintain.ts';
import { leftArchiveMs, leftPartMs, runsFolder } from './object-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** What is younger may belong to an upload that is under way, whatever the caller asks for. */
const youngestMs = 60 * 60_000;
/** Removals at once. */
const concurrency = 8;

/**
 * Removes what runs left in the bucket: contexts of runs that are over, and by age those that nobody knows of, parts and open uploads. Contexts
 * that are kept between runs have an age of their own, which uploads look after.
 */
export async function pruneObjects(
  objects: ObjectStore,
  { prefix, description }: Pick<StoreKind, 'prefix' | 'description'>,
  options: PruneOptions,
  run: RunContext,
): Promise<readonly LeftContext[]> {
  const folder = runsFolder(prefix);
  const listing = await objects.list(folder, run.signal);
  if (listing === undefined) {
    throw new KanikitError({
      code: 'bucket-denied',
      message: `Looking for contexts that runs left in ${description}: not allowed to list it.`,
      hint: 'Ask for the right to list the bucket, or let a lifecycle rule remove them (kanikit context lifecycle).',
    });
  }
  const now = run.now();
  const left = listing.flatMap((object) => {
    const reason = whyObjectMayGo(object, folder, options, now);
    return reason === undefined ? [] : [{ object, reason }];
  });
  // Those of kept contexts, too: an upload that has not ended in this time will not.
  const root = folder.slice(0, -'runs/'.length);
  const uploads = await Promise.all(
    [folder, `${root}contexts/`].map(async (place) => (await objects.openUploads?.(place, run.signal)) ?? []),
  );
  const limitMs = Math.max(options.olderThanMs ?? leftPartMs, youngestMs);
  const open = uploads.flat().filter(({ startedMs }) => now - startedMs >= limitMs);
  if (!options.isDryRun) {
    await inParallel(left, concurrency, async ({ object }) => {
      await removeUnlessRenewed(objects, object, run.signal);
    });
    await inParallel(open, concurrency, async (upload) => {
      await upload.abort(run.signal);
    });
  }
  return [
    ...left.map(({ object, reason }) => ({
      location: objects.describe(object.key),
      sizeBytes: object.sizeBytes,
      reason,
    })),
    ...open.map(({ key }) => ({
      location: objects.describe(key),
      sizeBytes: undefined,
      reason: 'its upload was never ended',
    })),
  ];
}

function whyObjectMayGo(
  { key, modifiedMs }: StoredObject,
  folder: string,
  { isOver, isNeeded, olderThanMs }: PruneOptions,
  now: number,
): string | undefined {
  const [runId = '', ...rest] = key.slice(folder.length).split('/');
  // Anything else is not of this making.
  if (rest.length === 0) return undefined;
  const ageMs = now - modifiedMs;
  if (runId === 'parts') {
    return ageMs >= Math.max(olderThanMs ?? leftPartMs, youngestMs)
      ? 'it is part of an upload that was never ended'
      : undefined;
  }
  if (rest.length !== 2 || isNeeded(runId)) return undefined;
  if (isOver(runId)) return `run ${runId} is over`;
  return ageMs >= Math.max(olderThanMs ?? leftArchiveMs, youngestMs)
    ? `no build of run ${runId} is known`
    : undefined;
}
