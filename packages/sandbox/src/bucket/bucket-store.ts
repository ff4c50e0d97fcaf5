import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '../registry/atomic-file.ts';
import { bucketFiles, type BucketFiles } from './bucket-files.ts';
import type {
  Bucket,
  MultipartUpload,
  ObjectRecord,
  PartRecord,
  Segment,
  UploadRecord,
} from './bucket-records.ts';
import { noSuchBucket, noSuchUpload, S3Error } from './s3-error.ts';
import { loadBuckets } from './load-buckets.ts';
import { createSegmentLeases } from './segment-leases.ts';

/** Buckets on disk with an index in memory. Every change is on disk before it is in the index. */
export interface BucketStore {
  readonly buckets: ReadonlyMap<string, Bucket>;
  files(bucket: Bucket): BucketFiles;
  createBucket(name: string): Promise<Bucket>;
  deleteBucket(bucket: Bucket): Promise<void>;
  /** Replaces the object of this key, after `check` of what is there now; throws what `check` throws. */
  putObject(bucket: Bucket, record: ObjectRecord, check: Precondition): Promise<void>;
  deleteObject(bucket: Bucket, key: string): Promise<void>;
  startUpload(bucket: Bucket, upload: UploadRecord): Promise<void>;
  putPart(bucket: Bucket, upload: MultipartUpload, part: PartRecord): Promise<void>;
  /** Makes `record`, whose segments are parts of the upload, the object, and forgets the upload with its other parts. */
  completeUpload(
    bucket: Bucket,
    upload: MultipartUpload,
    record: ObjectRecord,
    check: Precondition,
  ): Promise<void>;
  abortUpload(bucket: Bucket, upload: MultipartUpload): Promise<void>;
  /** Runs `read`; the record's files stay until it is done, whatever happens to the object meanwhile. */
  withSegments<T>(bucket: Bucket, record: ObjectRecord, read: () => Promise<T>): Promise<T>;
}

export type Precondition = (current: ObjectRecord | undefined) => void;

export async function openBucketStore(root: string): Promise<BucketStore> {
  const buckets = await loadBuckets(root);
  const files = (bucket: Bucket): BucketFiles => bucketFiles(root, bucket.name);
  const leases = createSegmentLeases();
  const exclusive = createQueue();

  /** A request may have taken long: its bucket or upload may be gone by the time that its change is due. */
  const requireLive = (bucket: Bucket, upload?: MultipartUpload): void => {
    if (buckets.get(bucket.name) !== bucket) throw noSuchBucket(bucket.name);
    if (upload !== undefined && bucket.uploads.get(upload.id) !== upload) throw noSuchUpload(upload.id);
  };
  const release = async (bucket: Bucket, segments: readonly Segment[]): Promise<void> => {
    for (const { file } of segments) await leases.remove(join(files(bucket).data, file));
  };
  const commit = async (bucket: Bucket, record: ObjectRecord, check: Precondition): Promise<void> => {
    const current = bucket.objects.get(record.key);
    check(current);
    const { record: file, temporary } = files(bucket);
    await writeFileAtomic(file(record.key), temporary, JSON.stringify(record));
    bucket.objects.set(record.key, record);
    if (current !== undefined) await release(bucket, current.segments);
  };
  const forget = async (bucket: Bucket, upload: MultipartUpload, kept: readonly Segment[]): Promise<void> => {
    bucket.uploads.delete(upload.id);
    await rm(files(bucket).upload(upload.id), { recursive: true, force: true });
    const keep = new Set(kept.map((segment) => segment.file));
    const segments = [...upload.parts.values()].map((part) => part.segment);
    await release(
      bucket,
      segments.filter((segment) => !keep.has(segment.file)),
    );
  };

  return {
    buckets,
    files,
    createBucket: (name) =>
      exclusive(async () => {
        const there = buckets.get(name);
        if (there !== undefined) return there;
        const bucket: Bucket = { name, createdAt: Date.now(), objects: new Map(), uploads: new Map() };
        const at = files(bucket);
        for (const folder of [at.temporary, at.data, at.records, at.uploads]) {
          await mkdir(folder, { recursive: true, mode: 0o700 });
        }
        await writeFileAtomic(at.bucket, at.temporary, JSON.stringify({ createdAt: bucket.createdAt }));
        buckets.set(name, bucket);
        return bucket;
      }),
    deleteBucket: (bucket) =>
      exclusive(async () => {
        if (bucket.objects.size > 0 || bucket.uploads.size > 0) {
          throw new S3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
            details: [['BucketName', bucket.name]],
          });
        }
        buckets.delete(bucket.name);
        await rm(files(bucket).bucket, { force: true });
        await rm(files(bucket).folder, { recursive: true, force: true });
      }),
    putObject: (bucket, record, check) =>
      exclusive(async () => {
        try {
          requireLive(bucket);
          await commit(bucket, record, check);
        } catch (error) {
          await release(bucket, record.segments);
          throw error;
        }
      }),
    deleteObject: (bucket, key) =>
      exclusive(async () => {
        const record = bucket.objects.get(key);
        if (record === undefined) return;
        await rm(files(bucket).record(key), { force: true });
        bucket.objects.delete(key);
        await release(bucket, record.segments);
      }),
    startUpload: (bucket, upload) =>
      exclusive(async () => {
        requireLive(bucket);
        const at = files(bucket);
        await writeFileAtomic(at.uploadRecord(upload.id), at.temporary, JSON.stringify(upload));
        bucket.uploads.set(upload.id, { ...upload, parts: new Map() });
      }),
    putPart: (bucket, upload, part) =>
      exclusive(async () => {
        const at = files(bucket);
        const replaced = upload.parts.get(part.number);
        try {
          requireLive(bucket, upload);
          await writeFileAtomic(at.part(upload.id, part.number), at.temporary, JSON.stringify(part));
        } catch (error) {
          await release(bucket, [part.segment]);
          throw error;
        }
        upload.parts.set(part.number, part);
        if (replaced !== undefined) await release(bucket, [replaced.segment]);
      }),
    completeUpload: (bucket, upload, record, check) =>
      exclusive(async () => {
        requireLive(bucket, upload);
        await commit(bucket, record, check);
        await forget(bucket, upload, record.segments);
      }),
    abortUpload: (bucket, upload) =>
      exclusive(async () => {
        requireLive(bucket, upload);
        await forget(bucket, upload, []);
      }),
    withSegments: (bucket, record, read) =>
      leases.hold(
        record.segments.map(({ file }) => join(files(bucket).data, file)),
        read,
      ),
  };
}

/** Changes run one after another, so that a precondition still holds when its change is written. */
function createQueue(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action);
    last = result.catch(() => undefined);
    return result;
  };
}
