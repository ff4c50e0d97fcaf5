import type { AzureBlobAccessOptions } from '@kanikit/contexts/azure-blob';
import type { GcsAccessOptions } from '@kanikit/contexts/gcs';
import type { S3AccessOptions } from '@kanikit/contexts/s3';
import type { Cluster, ContextStore } from '@kanikit/spec';
import {
  anyText,
  choice,
  chosen,
  count,
  executorChoiceSchema,
  fields,
  flag,
  isPlainObject,
  list,
  longestTimerMs,
  maybe,
  off,
  oneOf,
  openRecord,
  record,
  type Schema,
  schemaOf,
  such,
  text,
  variants,
} from '@kanikit/spec/schema';
import type {
  BucketOptions,
  ClusterOptions,
  ContextAccess,
  ContextsOptions,
  KanikitOptions,
} from '../options.ts';
import {
  clusterSchema,
  credentialSourceSchema,
  isPlugin,
  sourceSchema,
  storeSchema,
} from './plugin-schemas.ts';

export const environmentSchema: Schema<Readonly<Record<string, string | undefined>>> = openRecord(
  maybe(anyText),
);

const bucketAccess = {
  endpoint: maybe(text),
  podEndpoint: maybe(text),
  podAccess: maybe(choice('identity', 'key')),
  certificateAuthorities: maybe(text),
};

const s3Access = {
  ...bucketAccess,
  region: maybe(text),
  isPathStyle: maybe(flag),
  credentials: maybe(
    fields({
      accessKeyId: text,
      secretAccessKey: text,
      sessionToken: maybe(text),
      expiration: maybe(such<Date>((value) => value instanceof Date, 'a Date')),
      accountId: maybe(text),
      credentialScope: maybe(text),
      $source: maybe(such<object>((value) => typeof value === 'object' && value !== null, 'an object')),
    }),
  ),
};

const gcsAccess = { ...bucketAccess, keyFile: maybe(text), silenceMs: maybe(count(1, longestTimerMs)) };

const azureBlobAccess = {
  ...bucketAccess,
  account: maybe(text),
  connectionString: maybe(text),
  accountKey: maybe(text),
  sasToken: maybe(text),
  silenceMs: maybe(count(1, longestTimerMs)),
  env: maybe(environmentSchema),
};

const s3Store = schemaOf<Extract<BucketOptions, { kind: 's3' }>>()(
  fields({
    kind: choice('s3'),
    bucket: text,
    prefix: maybe(anyText),
    canCopyParts: maybe(flag),
    ...s3Access,
  }),
);
const gcsStore = schemaOf<Extract<BucketOptions, { kind: 'gcs' }>>()(
  fields({ kind: choice('gcs'), bucket: text, prefix: maybe(anyText), ...gcsAccess }),
);
const azureBlobStore = schemaOf<Extract<BucketOptions, { kind: 'azure-blob' }>>()(
  fields({ kind: choice('azure-blob'), container: text, prefix: maybe(anyText), ...azureBlobAccess }),
);

const bucketOptions: Schema<BucketOptions> = variants(
  'kind',
  'a bucket such as { kind: "s3", bucket: "builds" }, or a store of your own',
  s3Store,
  gcsStore,
  azureBlobStore,
);

/** How a bucket is reached, or the options of a store that is reached so. */
function reached<Store, Access>(store: Schema<Store>, access: Schema<Access>): Schema<Access | Store> {
  return chosen<Access | Store>((value) => (isPlainObject(value) && 'kind' in value ? store : access));
}

const access = schemaOf<ContextAccess>()(
  fields({
    s3: maybe(reached(s3Store, schemaOf<S3AccessOptions>()(fields(s3Access)))),
    gcs: maybe(reached(gcsStore, schemaOf<GcsAccessOptions>()(fields(gcsAccess)))),
    azureBlob: maybe(reached(azureBlobStore, schemaOf<AzureBlobAccessOptions>()(fields(azureBlobAccess)))),
    git: maybe(
      fields({ certificateAuthorities: maybe(text), cloneTimeoutMs: maybe(count(1, longestTimerMs)) }),
    ),
    https: maybe(fields({ certificateAuthorities: maybe(text), headers: maybe(record(anyText)) })),
    local: maybe(fields({ mtime: maybe(choice('zero', 'keep')) })),
  }),
);

const clusterOptions = schemaOf<ClusterOptions>()(
  fields({
    kubeconfig: maybe(text),
    context: maybe(text),
    namespace: maybe(text),
    isInCluster: maybe(flag),
    isOptional: maybe(flag),
    kind: maybe(choice('sandbox')),
  }),
);

const contextsFields = {
  store: maybe(
    chosen<BucketOptions | ContextStore>((value) => (isPlugin(value) ? storeSchema : bucketOptions)),
  ),
  access: maybe(access),
  sources: maybe(list(sourceSchema)),
  keepContextMs: maybe(count(0)),
  indexFolder: maybe(oneOf('a folder or false', text, off)),
  workingDirectory: maybe(text),
  env: maybe(environmentSchema),
  stdin: maybe(
    such<AsyncIterable<Uint8Array>>(
      (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
      'a stream',
    ),
  ),
};

export const contextsOptionsSchema: Schema<ContextsOptions> = schemaOf<ContextsOptions>()(
  fields(contextsFields),
);

export const kanikitOptionsSchema: Schema<KanikitOptions> = schemaOf<KanikitOptions>()(
  fields({
    ...contextsFields,
    cluster: maybe(
      chosen<ClusterOptions | Cluster>((value) => (isPlugin(value) ? clusterSchema : clusterOptions)),
    ),
    credentials: maybe(oneOf('false or a credential source', credentialSourceSchema, off)),
    executor: maybe(executorChoiceSchema),
    launchAheadMs: maybe(count(0, longestTimerMs)),
    concurrency: maybe(count(1)),
    concurrencyPerNamespace: maybe(count(1)),
    concurrencyPerRegistry: maybe(count(1)),
    retries: maybe(count(0)),
    retryDelayMs: maybe(count(0, longestTimerMs)),
    logFolder: maybe(text),
    insecureRegistries: maybe(list(text)),
    onSignal: maybe(choice('cancel')),
    isSimulated: maybe(flag),
  }),
);
