import { type ArchivePart, type ArchiveSummary, isKanikitError, KanikitError } from '@kanikit/spec';
import { removeQuietly } from './clean-up.ts';
import { lateSignal } from './late-signal.ts';
import { metadataOf } from './object-layout.ts';
import { isStored, type UploadJob } from './upload-job.ts';

/** An archive in the store. */
export interface PutArchive {
  readonly key: string;
  readonly summary: ArchiveSummary;
}

/** The usual small context: one request. */
export async function putWhole(job: UploadJob, part: ArchivePart): Promise<PutArchive> {
  const { archive, objects, layout, options, progress, run } = job;
  const summary = await archive.summary;
  progress.setTotal(summary.sizeBytes);
  const key = layout.archive(summary.digest);
  if (await isStored(job, key, summary)) {
    progress.addReused(summary.sizeBytes);
    return { key, summary };
  }
  const metadata = metadataOf(options, summary.digest);
  const bytes = await part.read();
  await orNothing(job, key, async () => {
    const signal = lateSignal(run.signal);
    await objects.put(key, bytes, { metadata, digest: part.digest, signal });
  });
  progress.addSent(bytes.length);
  return { key, summary };
}

/** Parts that the store has not are sent, then it puts the archive together itself. */
export async function putParts(job: UploadJob, parts: AsyncIterable<ArchivePart>): Promise<PutArchive> {
  const { archive, objects, layout, options, progress, sender, run } = job;
  for await (const part of parts) await sender.add(part);
  const sources = await sender.finish();
  const summary = await archive.summary;
  progress.setTotal(summary.sizeBytes);
  const key = layout.archive(summary.digest);
  if (await isStored(job, key, summary)) return { key, summary };
  const metadata = metadataOf(options, summary.digest);
  await orNothing(job, key, async () => {
    await objects.concat(key, sources, { metadata, signal: run.signal });
  });
  return { key, summary };
}

/** For stores that can't put objects together. One whose digest is not known before its end can't be named by it, and is not kept. */
export async function putStream(
  job: UploadJob,
  parts: AsyncIterable<ArchivePart>,
  known: ArchiveSummary | undefined,
): Promise<PutArchive> {
  const { archive, objects, layout, options, progress, run } = job;
  const key = known === undefined ? layout.unnamedArchive : layout.archive(known.digest);
  const metadata = metadataOf(options, known?.digest);
  let broken: { readonly error: unknown } | undefined;
  const pieces = readAll(parts, progress.addSent, (error) => {
    broken = { error };
  });
  try {
    await orNothing(job, key, async () => {
      await objects.putStream(key, pieces, { metadata, signal: run.signal });
    });
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  }
  return { key, summary: await archive.summary };
}

/** What failed may have been done: its answer is lost perhaps. A kept archive is whole then, and good for others. */
async function orNothing(
  { objects, layout, run }: UploadJob,
  key: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    run.signal.throwIfAborted();
  } catch (error) {
    if (layout.isOfRun(key)) await removeQuietly(objects, [key]);
    throw isKanikitError(error) && error.code === 'bucket-object-missing'
      ? partGone(objects.describe(key), error)
      : error;
  }
}

async function* readAll(
  parts: AsyncIterable<ArchivePart>,
  onRead: (bytes: number) => void,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const part of parts) {
      const bytes = await part.read();
      yield bytes;
      onRead(bytes.length);
    }
  } catch (error) {
    onFailure(error);
    throw error;
  }
}

function partGone(location: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'bucket-upload-failed',
    message: `Uploading the context to ${location}: a part that was in the bucket is gone, removed by another run or by a lifecycle rule.`,
    hint: 'Build again: what is missing is sent then.',
    retryable: true,
    cause,
  });
}
