import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where a bucket keeps things. A record (JSON) is what makes an object exist; the data files it names are written before.
 * Keys may hold any character, so a record's file is named by the key's hash.
 */
export interface BucketFiles {
  readonly folder: string;
  readonly bucket: string;
  readonly records: string;
  readonly data: string;
  readonly uploads: string;
  readonly temporary: string;
  newData(): string;
  record(key: string): string;
  upload(id: string): string;
  uploadRecord(id: string): string;
  part(id: string, number: number): string;
}

export function bucketFiles(root: string, name: string): BucketFiles {
  const folder = join(root, 'buckets', name);
  const upload = (id: string): string => join(folder, 'uploads', id);
  return {
    folder,
    bucket: join(folder, 'bucket.json'),
    records: join(folder, 'records'),
    data: join(folder, 'data'),
    uploads: join(folder, 'uploads'),
    temporary: join(folder, 'temporary'),
    newData: () => join(folder, 'data', randomUUID()),
    record: (key) => join(folder, 'records', `${createHash('sha256').update(key).digest('hex')}.json`),
    upload,
    uploadRecord: (id) => join(upload(id), 'upload.json'),
    part: (id, number) => join(upload(id), `${number}.json`),
  };
}
