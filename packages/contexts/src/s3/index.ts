export { s3LifecycleRule } from './lifecycle-rule.ts';
export { createS3Source } from './s3-source.ts';
export { createS3Store } from './s3-store.ts';
export type { S3AccessOptions, S3Credentials, S3StoreOptions } from './s3-options.ts';
