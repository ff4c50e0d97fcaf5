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
  /** Kind shown in events; the sandbox hands `sandbox`. @default from how the cluster was found */
  readonly kind?: 'sandbox' | undefined;
}

/** An S3 (or S3-compatible) bucket for local contexts. */
export interface S3StoreOptions {
  readonly kind: 's3';
  readonly bucket: string;
  /** Key prefix. @default `kanikit` */
  readonly prefix?: string | undefined;
  /** Needed for MinIO, R2, Ceph and other non-AWS servers. */
  readonly endpoint?: string | undefined;
  /** @default `AWS_REGION` */
  readonly region?: string | undefined;
  /** @default true with an endpoint */
  readonly isPathStyle?: boolean | undefined;
  /** @default the AWS SDK's own chain (environment, profile, SSO, web identity, instance) */
  readonly credentials?:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string | undefined;
      }
    | undefined;
  /** PEM certificates to trust besides the system's, for client and executor. */
  readonly certificateAuthorities?: string | undefined;
}

export interface KanikitOptions {
  /** Where pods run: how to reach it, or a driver of your own. */
  readonly cluster?: ClusterOptions | Cluster | undefined;
  /** Bucket for local contexts, or a plugin of your own. @default none: contexts are streamed to the executor's stdin */
  readonly store?: S3StoreOptions | ContextStore | undefined;
  /** Registry credentials; false builds anonymously. @default docker's and podman's files and helpers of this machine */
  readonly credentials?: CredentialSource | false | undefined;
  /** Executor of requests that choose none. @default the pinned release of the maintained fork */
  readonly executor?: ExecutorChoice | undefined;
  /** Context sources asked before the built-in ones. */
  readonly sources?: readonly ContextSource[] | undefined;
  /** Builds running at once. @default 10 */
  readonly concurrency?: number | undefined;
  /** Folder for full build logs. @default none are kept */
  readonly logFolder?: string | undefined;
  /** Folder relative contexts start from. @default `process.cwd()` */
  readonly workingDirectory?: string | undefined;
  /** Environment for build args without a value, kubeconfig and credentials. @default `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Standard input for `-` as context or Dockerfile. @default `process.stdin` */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Registries spoken to over plain http. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** True when the cluster plays recorded builds; every event stream says so. @default false */
  readonly isSimulated?: boolean | undefined;
}
