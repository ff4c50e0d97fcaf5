export { createS3Store } from './s3-store.ts';
export type { S3Credentials, S3StoreOptions } from './s3-store-options.ts';
