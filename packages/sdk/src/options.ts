import type { AzureBlobAccessOptions, AzureBlobStoreOptions } from '@kanikit/contexts/azure-blob';
import type { GcsAccessOptions, GcsStoreOptions } from '@kanikit/contexts/gcs';
import type { GitAccessOptions } from '@kanikit/contexts/git';
import type { HttpsSourceOptions } from '@kanikit/contexts/https';
import type { LocalSourceOptions } from '@kanikit/contexts/local';
import type { S3AccessOptions, S3StoreOptions } from '@kanikit/contexts/s3';
import type { Cluster, ContextSource, ContextStore, CredentialSource, ExecutorChoice } from '@kanikit/spec';

/** Which cluster to build on. All fields absent: the current kubeconfig context, else the cluster this process runs in. */
export interface ClusterOptions {
  /** Kubeconfig file. @default `KUBECONFIG`, else `~/.kube/config` */
  readonly kubeconfig?: string | undefined;
  /** Context of the kubeconfig. @default its current context */
  readonly context?: string | undefined;
  /** @default the context's namespace, else `default` */
  readonly namespace?: string | undefined;
  /** True uses the service account of the pod this process runs in, whatever kubeconfig there is. */
  readonly isInCluster?: boolean | undefined;
  /** True does without a kubeconfig where there is none: `plan` asks no cluster, and everything else then fails. @default false */
  readonly isOptional?: boolean | undefined;
  /** Kind shown in events; the sandbox hands `sandbox`. @default from how the cluster was found */
  readonly kind?: 'sandbox' | undefined;
}

/** Bucket for local contexts, by kind; the client library is loaded on first use. */
export type BucketOptions =
  | ({ readonly kind: 's3' } & S3StoreOptions)
  | ({ readonly kind: 'gcs' } & GcsStoreOptions)
  | ({ readonly kind: 'azure-blob' } & AzureBlobStoreOptions);

/** How the built-in sources reach what contexts name; a bucket also as the options of a store. */
export interface ContextAccess {
  /** `s3://…`. @default the store's, where that is S3 */
  readonly s3?: S3AccessOptions | Extract<BucketOptions, { kind: 's3' }> | undefined;
  /** `gs://…`. @default the store's, where that is GCS */
  readonly gcs?: GcsAccessOptions | Extract<BucketOptions, { kind: 'gcs' }> | undefined;
  /** Azure blobs. @default the store's, where that is Azure Blob */
  readonly azureBlob?: AzureBlobAccessOptions | Extract<BucketOptions, { kind: 'azure-blob' }> | undefined;
  readonly git?: GitAccessOptions | undefined;
  readonly https?: HttpsSourceOptions | undefined;
  readonly local?: LocalSourceOptions | undefined;
}

/** What contexts need, with or without a cluster. */
export interface ContextsOptions {
  /** Bucket for local contexts, or a plugin of your own. @default none: contexts are streamed to the executor's stdin */
  readonly store?: BucketOptions | ContextStore | undefined;
  /** How the built-in sources reach what contexts name. */
  readonly access?: ContextAccess | undefined;
  /** Context sources asked before the built-in ones. */
  readonly sources?: readonly ContextSource[] | undefined;
  /**
   * How long contexts in the bucket outlive their last use, in milliseconds: what was sent is not sent again. Undefined removes them after
   * the run. @default undefined
   */
  readonly keepContextMs?: number | undefined;
  /**
   * Folder for the index that makes packing an unchanged tree cheap; false keeps none. @default `kanikit/contexts` in the user's cache folder
   */
  readonly indexFolder?: string | false | undefined;
  /** Folder relative contexts start from. @default `process.cwd()` */
  readonly workingDirectory?: string | undefined;
  /** Environment for build args without a value, kubeconfig and credentials. @default `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Standard input for `-` as context or Dockerfile. @default `process.stdin` */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
}

export interface KanikitOptions extends ContextsOptions {
  /** Where pods run: how to reach it, or a driver of your own. */
  readonly cluster?: ClusterOptions | Cluster | undefined;
  /** Registry credentials; false builds anonymously. @default docker's and podman's files and helpers of this machine */
  readonly credentials?: CredentialSource | false | undefined;
  /** Executor of requests that choose none. @default the pinned release of the maintained fork */
  readonly executor?: ExecutorChoice | undefined;
  /**
   * While a context is uploaded for longer than this, in milliseconds, its pod is scheduled and its image pulled already. Needs the right to
   * patch pods and secrets; without it the pod comes after the upload. @default 1,000
   */
  readonly launchAheadMs?: number | undefined;
  /** Builds running at once, all runs together. @default 10 */
  readonly concurrency?: number | undefined;
  /** Builds running at once in one namespace. @default as many as `concurrency` lets */
  readonly concurrencyPerNamespace?: number | undefined;
  /** Builds running at once that push to one registry. @default as many as `concurrency` lets */
  readonly concurrencyPerRegistry?: number | undefined;
  /**
   * How often a build is tried again in a new pod where infrastructure failed (node lost, eviction, a registry that is down); a failing `RUN`
   * never is. @default 2
   */
  readonly retries?: number | undefined;
  /** Pause before the first of these tries, in milliseconds; later ones are longer. @default 2,000, after a rate limit 30,000 */
  readonly retryDelayMs?: number | undefined;
  /** Folder for full build logs. @default none are kept */
  readonly logFolder?: string | undefined;
  /** Registries spoken to over plain http. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /**
   * `cancel` has SIGINT (Ctrl-C), SIGTERM and SIGHUP cancel what runs and remove what it created, for at most 30 seconds; then the signal has its own
   * effect, which a second one has at once. `close` lets go of the signals. @default none: the signal ends the process, and `prune` removes the rest
   */
  readonly onSignal?: 'cancel' | undefined;
  /** True when the cluster plays recorded builds; every event stream says so. @default false */
  readonly isSimulated?: boolean | undefined;
}
