import { access } from 'node:fs/promises';
import { bucketFiles } from '../bucket/bucket-files.ts';
import { openBucketStore } from '../bucket/bucket-store.ts';

/** Makes the bucket that contexts go to, before anybody can ask for it. */
export async function ensureBucket(folder: string, name: string): Promise<void> {
  try {
    await access(bucketFiles(folder, name).bucket);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const store = await openBucketStore(folder);
    await store.createBucket(name);
  }
}
