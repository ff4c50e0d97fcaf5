import { withAbort } from '@kanikit/archive/async';
import type { ArchivePart, ArchiveSummary, PackedArchive, RunContext, UploadOptions } from '@kanikit/spec';
import { removeQuietly } from './clean-up.ts';
import { listObjects, maintain } from './maintain.ts';
import { createObjectLayout } from './object-layout.ts';
import type { ObjectStore } from './object-store.ts';
import type { PartClaims } from './part-claims.ts';
import { createPartSender } from './part-sender.ts';
import { type PutArchive, putParts, putStream, putWhole } from './put-archive.ts';
import { isStored, type UploadJob } from './upload-job.ts';
import { createUploadCounter } from './upload-progress.ts';

export interface UploadPlace {
  readonly objects: ObjectStore;
  readonly claims: PartClaims;
  readonly prefix: string;
}

export interface UploadedArchive {
  readonly key: string;
  readonly summary: ArchiveSummary;
  readonly sentBytes: number;
  readonly isKept: boolean;
}

/** Gets an archive into the store, whole or not at all; what the store has is not sent. */
export async function uploadArchive(
  archive: PackedArchive,
  { objects, claims, prefix }: UploadPlace,
  options: UploadOptions,
  run: RunContext,
): Promise<UploadedArchive> {
  const layout = createObjectLayout(prefix, options);
  const progress = createUploadCounter(options.onProgress, run.now);
  const begun = { archive, objects, layout, options, progress, run };
  // Whatever ends the parts ends the summary, too, and is told by them.
  archive.summary.catch(() => {});

  const known = await archive.known();
  if (known !== undefined) {
    progress.setTotal(known.sizeBytes);
    const key = layout.archive(known.digest);
    if (await isStored(begun, key, known)) {
      progress.addReused(known.sizeBytes);
      return end({ key, summary: known });
    }
  }
  const done = new AbortController();
  const listing = listObjects(objects, layout.folder, AbortSignal.any([run.signal, done.signal]));
  const sender = createPartSender({ ...begun, claims, listing });
  const job: UploadJob = { ...begun, sender, listing };
  try {
    const put = await putSomehow(job, known);
    claims.release(sender.keys);
    const unused = layout.isKept ? [] : claims.takeUnused(sender.keys);
    await maintain(job, put.key, unused);
    return end(put);
  } catch (error) {
    await sender.stop();
    claims.forget(sender.keys);
    claims.release(sender.keys);
    // What a lost connection or a changed file leaves is for the next attempt; who cancels wants nothing left.
    if (run.signal.aborted && !layout.isKept) await removeQuietly(objects, claims.takeUnused(sender.keys));
    throw run.signal.aborted ? run.signal.reason : error;
  } finally {
    done.abort();
  }

  function end({ key, summary }: PutArchive): UploadedArchive {
    progress.setTotal(summary.sizeBytes);
    progress.end();
    return { key, summary, sentBytes: progress.sentBytes, isKept: !layout.isOfRun(key) };
  }
}

async function putSomehow(job: UploadJob, known: ArchiveSummary | undefined): Promise<PutArchive> {
  const parts = withAbort(job.archive.parts, job.run.signal);
  try {
    const first = await take(parts);
    const second = await take(parts);
    if (first === undefined) throw new Error('an archive has at least one part');
    if (second === undefined) return await putWhole(job, first);
    const all = inOrder(first, second, parts);
    return job.objects.smallestSourceBytes === undefined
      ? await putStream(job, all, known)
      : await putParts(job, all);
  } finally {
    await parts.return();
  }
}

async function take(parts: AsyncGenerator<ArchivePart, void>): Promise<ArchivePart | undefined> {
  const next = await parts.next();
  return next.done === true ? undefined : next.value;
}

async function* inOrder(
  first: ArchivePart,
  second: ArchivePart,
  others: AsyncIterable<ArchivePart>,
): AsyncGenerator<ArchivePart, void> {
  yield first;
  yield second;
  yield* others;
}
