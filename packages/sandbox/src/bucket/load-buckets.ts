import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { ifExists } from '../registry/atomic-file.ts';
import { bucketFiles, type BucketFiles } from './bucket-files.ts';
import type { Bucket, MultipartUpload, ObjectRecord, PartRecord, UploadRecord } from './bucket-records.ts';

/** Reads what is in the folder, and removes what a killed process left without a record. */
export async function loadBuckets(root: string): Promise<Map<string, Bucket>> {
  const folder = join(root, 'buckets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const buckets = new Map<string, Bucket>();
  for (const name of (await readdir(folder)).toSorted()) {
    const files = bucketFiles(root, name);
    const header = await readJson<{ createdAt: number }>(files.bucket);
    if (header === undefined) {
      // Killed while the bucket was being made or removed: it never was, or no longer is.
      await rm(files.folder, { recursive: true, force: true });
      continue;
    }
    buckets.set(name, await loadBucket(files, name, header.createdAt));
  }
  return buckets;
}

async function loadBucket(files: BucketFiles, name: string, createdAt: number): Promise<Bucket> {
  const objects = new Map<string, ObjectRecord>();
  const used = new Set<string>();
  for (const file of await list(files.records)) {
    const record = await readJson<ObjectRecord>(join(files.records, file));
    if (record === undefined) continue;
    objects.set(record.key, record);
    for (const segment of record.segments) used.add(segment.file);
  }
  const uploads = await loadUploads(files, used);
  for (const file of await list(files.data)) {
    if (!used.has(file)) await rm(join(files.data, file), { force: true });
  }
  await rm(files.temporary, { recursive: true, force: true });
  for (const folder of [files.temporary, files.data, files.records, files.uploads]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  return { name, createdAt, objects, uploads };
}

/** Adds the data files of the parts to `used`. */
async function loadUploads(files: BucketFiles, used: Set<string>): Promise<Map<string, MultipartUpload>> {
  const uploads = new Map<string, MultipartUpload>();
  for (const id of await list(files.uploads)) {
    const record = await readJson<UploadRecord>(files.uploadRecord(id));
    const parts = new Map<number, PartRecord>();
    for (const file of await list(files.upload(id))) {
      const part =
        file === basename(files.uploadRecord(id))
          ? undefined
          : await readJson<PartRecord>(join(files.upload(id), file));
      if (part !== undefined) parts.set(part.number, part);
    }
    const wasCompleted = [...parts.values()].some((part) => used.has(part.segment.file));
    if (record === undefined || wasCompleted) {
      await rm(files.upload(id), { recursive: true, force: true });
      continue;
    }
    for (const part of parts.values()) used.add(part.segment.file);
    uploads.set(id, { ...record, parts });
  }
  return uploads;
}

async function list(folder: string): Promise<string[]> {
  return (await ifExists(readdir(folder))) ?? [];
}

async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await ifExists(readFile(file, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
