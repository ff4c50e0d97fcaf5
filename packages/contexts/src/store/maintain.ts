import { untilAborted } from '@kanikit/spec';
import { inParallel } from './in-parallel.ts';
import { ageOf, metadataOf } from './object-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { renew, type UploadJob } from './upload-job.ts';

/** Longest time that an upload gives to the order in the bucket; the next one goes on where it ends. */
const maintenanceMs = 2000;
/** Servers tell dates in whole seconds in one answer and more exactly in another. */
const clockStepMs = 1000;
/** Requests at once. */
const concurrency = 8;

/** What is under a prefix, by key; undefined where the credentials may not list. Begins at once; whoever awaits it gets its error. */
export function listObjects(
  objects: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StoredObject> | undefined> {
  const listing = objects
    .list(prefix, signal)
    .then((found) => found && new Map(found.map((object) => [object.key, object])));
  listing.catch(() => {});
  return listing;
}

/**
 * After an upload: removes its parts that nobody needs any longer and what others left too long ago, and renews the parts in use before their
 * time is up. Never rejects: the archive is stored, and the next upload tries again.
 */
export async function maintain(job: UploadJob, archiveKey: string, unused: readonly string[]): Promise<void> {
  const { objects, layout, options, sender, run } = job;
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(maintenanceMs)]);
  try {
    await objects.remove(unused, signal);
    const listing = await untilAborted(job.listing, signal);
    const others = [...(listing?.values() ?? [])].filter(
      ({ key }) => key !== archiveKey && !sender.keys.has(key),
    );
    const suspects = others.filter((object) => ageOf(object, layout, run.now()) === 'expired');
    if (suspects.length > 0) {
      // By the server's clock: one of this machine that is fast must not end what others use.
      const written = await objects.stat(archiveKey, signal);
      const serverNow = Math.min(run.now(), written?.modifiedMs ?? 0);
      const expired = suspects.filter((object) => ageOf(object, layout, serverNow) === 'expired');
      await inParallel(expired, concurrency, (object) => removeUnlessRenewed(objects, object, signal));
    }
    if (!layout.isKept) return;
    const ageing = [...sender.keys]
      .flatMap((key) => listing?.get(key) ?? [])
      .filter((object) => ageOf(object, layout, run.now()) === 'ageing');
    await inParallel(ageing, concurrency, async (object) => {
      await renew(objects, object, metadataOf(options, digestOf(object.key)), signal);
    });
  } catch {
    // Tried again by the next upload.
  }
}

/** Another upload may have sent or renewed it since it was listed. */
export async function removeUnlessRenewed(
  objects: ObjectStore,
  { key, modifiedMs }: StoredObject,
  signal: AbortSignal,
): Promise<void> {
  const current = await objects.stat(key, signal);
  if (current !== undefined && current.modifiedMs < modifiedMs + clockStepMs)
    await objects.remove([key], signal);
}

const digestOf = (partKey: string): string => `sha256:${partKey.slice(partKey.lastIndexOf('/') + 1)}`;
