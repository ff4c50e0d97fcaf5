import type { BuildSecret, ProxySettings } from './build-secret.ts';
import type { EnvValue, PodShape } from './pod-shape.ts';

/** Who publishes the executor image. */
export type ExecutorDistribution = 'google' | 'osscontainertools' | 'chainguard';

/** Which Kaniko executor to run. Unset fields take the pinned default. */
export interface ExecutorChoice {
  readonly distribution?: ExecutorDistribution | undefined;
  /** Release without `v`, e.g. `1.28.3`; decides which flags exist (it is not read from `image`). */
  readonly version?: string | undefined;
  /** Full image name, for mirrors and private copies. */
  readonly image?: string | undefined;
}

/** What the user may say about the pod. */
export interface PodSettings extends PodShape {
  readonly namespace?: string | undefined;
  readonly env?: Readonly<Record<string, EnvValue>> | undefined;
  /** `environment` takes what the client's environment has (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, in upper or lower case). @default none */
  readonly proxy?: ProxySettings | 'environment' | undefined;
  /** Existing `kubernetes.io/dockerconfigjson` secret to use instead of local credentials, e.g. `dockercred`. */
  readonly registrySecret?: string | undefined;
  /**
   * `job` has the cluster make the pod out of a Job: it ends it at its deadline even where it never started, and removes it some time after its
   * end. @default pod
   */
  readonly podAs?: 'pod' | 'job' | undefined;
  /** How long the pod of a failed build stays to be looked at, in milliseconds; its secrets do not. @default 0: it is removed */
  readonly keepFailedMs?: number | undefined;
  /** How long the pod of a detached build, or a Job, stays after its end, in milliseconds. @default 86,400,000 (a day) */
  readonly keepEndedMs?: number | undefined;
  /** Fixed pod name instead of a generated one, as in the tutorials' seed manifest. */
  readonly name?: string | undefined;
}

/** The layer cache of the executor. */
export interface CacheSettings {
  /** Repository of cached layers. @default the first destination's repository + `/cache` */
  readonly repository?: string | undefined;
  /** Also cache `COPY` layers. @default false */
  readonly copyLayers?: boolean | undefined;
  /** Lifetime of a cached layer as a Go duration. @default 336h */
  readonly ttl?: string | undefined;
}

/** How a Git context is read. */
export interface GitSettings {
  /** Branch, tag, commit or full ref (`refs/pull/7/head`); what the reference names behind `#` wins. @default the repository's HEAD */
  readonly ref?: string | undefined;
  /** Commits of history to fetch. @default as few as possible */
  readonly depth?: number | undefined;
  /** True brings sub-modules along. @default false */
  readonly submodules?: boolean | undefined;
  /**
   * Existing secret in the pod's namespace with `token`, or `username` and `password`, for a private repository that the executor clones.
   *
   * @default the client's `GIT_TOKEN`, or `GIT_USERNAME` and `GIT_PASSWORD`
   */
  readonly secret?: string | undefined;
}

/** One image to build, as the user asked for it: plain data. */
export interface BuildRequest {
  /** Display name, unique in a run. @default derived from the context or the destination */
  readonly name?: string | undefined;
  /** Context reference: a directory, a tar file, `-` (tar on stdin), `git://…`, `s3://…`, `gs://…`, `https://…`. */
  readonly context: string;
  /**
   * Path of the Dockerfile: absolute, or relative to the context first and the working directory second; `-` reads stdin; `https://…` is
   * fetched. @default Dockerfile
   */
  readonly dockerfile?: string | undefined;
  /** Only for Git contexts. */
  readonly git?: GitSettings | undefined;
  /** Who fetches a context that is not on this machine. `auto` leaves it to the executor where it can. @default auto */
  readonly contextFetch?: 'auto' | 'executor' | 'client' | undefined;
  /**
   * How the executor gets a context out of a bucket: `signed-url` needs no identity in the cluster; `bucket-url` uses the pod's identity or a
   * secret with keys; `stdin` streams. `auto` takes the first that works. @default auto
   */
  readonly contextDelivery?: 'auto' | 'signed-url' | 'bucket-url' | 'stdin' | undefined;
  /** Folder inside the context to build from. */
  readonly contextSubPath?: string | undefined;
  /** Image names to push to; may be empty only with `push: false`. */
  readonly destinations: readonly string[];
  /** False builds without pushing. @default true */
  readonly push?: boolean | undefined;
  /** `K=V` pairs; a value of undefined takes the client's environment variable of that name, as `docker build` does. */
  readonly buildArgs?: Readonly<Record<string, string | undefined>> | undefined;
  /** Secrets for `RUN --mount=type=secret`. */
  readonly secrets?: readonly BuildSecret[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  /** One platform, as `os/arch[/variant]`: `linux/arm64`. @default that of the node the build runs on */
  readonly platform?: string | undefined;
  /** Layer cache; false (or absent) runs without. */
  readonly cache?: CacheSettings | boolean | undefined;
  /** Registries spoken to over plain http. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** Format of the pushed manifest and its media types. @default docker, or what the base image has: the executor decides */
  readonly imageFormat?: 'docker' | 'oci' | undefined;
  /** Annotations of the image's manifest (OCI), as buildx's `--annotation` sets them. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Compression of the layers that the build makes. @default gzip */
  readonly compression?: 'gzip' | 'zstd' | undefined;
  /** How often the executor repeats a push that failed, inside one pod. @default the executor's own, 0 */
  readonly pushRetries?: number | undefined;
  /** How often the executor repeats a pull of a base image that failed, inside one pod. @default the executor's own, 0 */
  readonly imageDownloadRetries?: number | undefined;
  /**
   * Feature flags of the executor by name, e.g. `FF_KANIKO_RUN_VIA_TINI`; each must exist in the executor's release. They win over `featureProfile`
   * and over those that kanikit sets itself.
   */
  readonly features?: Readonly<Record<string, boolean>> | undefined;
  /** A set of feature flags that the executor documents. @default none */
  readonly featureProfile?: 'buildkit' | 'preview' | undefined;
  /** Raw executor arguments, checked against the executor's release and appended last. */
  readonly executorArgs?: readonly string[] | undefined;
  readonly executor?: ExecutorChoice | undefined;
  readonly pod?: PodSettings | undefined;
  /** Longest time in pods, all attempts together; a wait for room in a quota may last as long once more. @default 3,600,000 (one hour) */
  readonly timeoutMs?: number | undefined;
  /** How often a build that infrastructure ended is tried again in a new pod; a failing `RUN` never is. @default that of the client, 2 */
  readonly retries?: number | undefined;
}

/** A request without its context and name: what is known of builds before there is one. */
export type BuildSettings = {
  readonly [Name in Exclude<keyof BuildRequest, 'context' | 'name'>]?: BuildRequest[Name] | undefined;
};
