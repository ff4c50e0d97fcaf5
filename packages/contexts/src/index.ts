export {
  type AzureBlobAccessOptions,
  type AzureBlobStoreOptions,
  createAzureBlobSource,
  createAzureBlobStore,
} from './azure-blob/index.ts';
export { createExecutorPathSource } from './executor-path/index.ts';
export { createGcsSource, createGcsStore, type GcsAccessOptions, type GcsStoreOptions } from './gcs/index.ts';
export { createGitSource, type GitAccessOptions } from './git/index.ts';
export { createHttpsSource, type HttpsSourceOptions } from './https/index.ts';
export { createLocalSource, type LocalSourceOptions } from './local/index.ts';
export {
  createS3Source,
  createS3Store,
  type S3AccessOptions,
  type S3Credentials,
  type S3StoreOptions,
} from './s3/index.ts';
export { createStdinSource } from './stdin/index.ts';
export { createTarSource } from './tar/index.ts';
