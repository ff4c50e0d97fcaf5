import type { ArchiveSummary, PackedArchive, RunContext, UploadOptions } from '@kanikit/spec';
import { ageOf, metadataOf, type ObjectLayout } from './object-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import type { PartSender } from './part-sender.ts';
import type { UploadCounter } from './upload-progress.ts';

/** An archive on its way into a store. */
export interface UploadJob {
  readonly archive: PackedArchive;
  readonly objects: ObjectStore;
  readonly layout: ObjectLayout;
  readonly options: UploadOptions;
  readonly progress: UploadCounter;
  readonly sender: PartSender;
  /** What is in the store by key; undefined where the credentials may not list. */
  readonly listing: Promise<ReadonlyMap<string, StoredObject> | undefined>;
  readonly run: RunContext;
}

/** Whether the store has an archive that stays as long as a build may wait for it. */
export async function isStored(
  { objects, layout, options, run }: Omit<UploadJob, 'listing' | 'sender'>,
  key: string,
  { digest, sizeBytes }: ArchiveSummary,
): Promise<boolean> {
  if (!layout.isKept) return false;
  const found = await objects.stat(key, run.signal);
  if (found?.sizeBytes !== sizeBytes) return false;
  switch (ageOf(found, layout, run.now())) {
    case 'fresh':
      return true;
    case 'expired':
      return false;
    case 'ageing':
      return await renew(objects, found, metadataOf(options, digest), run.signal);
  }
}

/** Gives an object a new date, inside of the store; false where that is not possible and it must be sent again. */
export async function renew(
  objects: ObjectStore,
  object: StoredObject,
  metadata: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<boolean> {
  if (objects.smallestSourceBytes === undefined) return false;
  try {
    await objects.concat(object.key, [object], { metadata, signal });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
