import type { ExecutorDistribution } from '@kanikit/spec';

/** Who may use the sandbox's registry. */
export interface RegistryUser {
  readonly username: string;
  readonly password: string;
}

/** How a sandbox is reached. Holds credentials: for this user alone. */
export interface SandboxDescription {
  readonly folder: string;
  readonly pid: number;
  readonly apiServer: string;
  /** Path of a kubeconfig file whose only context is `kanikit-sandbox`. */
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
  /** Bearer token of the API's administrator. */
  readonly token: string;
  /** The authority that signed the certificates of the API and the bucket, PEM. */
  readonly authority: string;
  /** `host:port` as image references name it; plain http. */
  readonly registry: string;
  /** Every client of the registry needs them. */
  readonly registryCredentials: RegistryUser;
  /** Folder with a docker `config.json` that holds these credentials: for `DOCKER_CONFIG`, `docker --config` and the like. */
  readonly dockerConfig: string;
  /** A small base image made of this machine's own shell and tools; undefined where it could not be made. */
  readonly baseImage: string | undefined;
  /** The program that was given (`KANIKIT_EXECUTOR`) and runs in every pod; undefined where pods get what their image names. */
  readonly executor: { readonly distribution: ExecutorDistribution; readonly version: string } | undefined;
  /** True when pods only play a recorded log. */
  readonly isSimulated: boolean;
  readonly bucket: SandboxBucket;
}

/** The sandbox's S3-compatible object store. */
export interface SandboxBucket {
  /** With a certificate of the sandbox's own authority. */
  readonly endpoint: string;
  readonly endpointHttp: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a user waits for. */
export interface SandboxProgress {
  readonly step: 'start' | 'base-image' | 'executor' | 'node';
  /** One line, e.g. `compiling 312 of 1258 packages`. */
  readonly detail: string;
  /** Parts done of `total`, where countable. */
  readonly done?: number;
  readonly total?: number;
}

/** A sandbox in this process. Disposing it stops its pods and servers and keeps its data. */
export interface Sandbox extends AsyncDisposable {
  readonly description: SandboxDescription;
  close(): Promise<void>;
}
