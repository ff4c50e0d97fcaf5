/** How the executor gets a context by URL. */
export interface ContextDelivery {
  /** Value of `--context`. */
  readonly context: string;
  /** True when the value itself grants access (a signed URL): it then travels in a secret, never in an argument list or event. */
  readonly isSecret: boolean;
  /** Further executor arguments, e.g. `--git=branch=main`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Environment that goes through a secret of the build's own. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** Files that go through a secret of the build's own, by absolute path. */
  readonly secretFiles?: Readonly<Record<string, string>> | undefined;
  /** Environment from secrets that exist in the cluster. */
  readonly envFromSecrets?: Readonly<Record<string, SecretKey>> | undefined;
  /** PEM certificates the executor must trust besides its own to reach the URL. */
  readonly certificateAuthorities?: string | undefined;
}

/** A value in an existing secret of the pod's namespace. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
  /** True leaves the variable unset where secret or key are missing. @default false */
  readonly isOptional?: boolean | undefined;
}

/** Ways in which an executor can read an object of a bucket. */
export type BucketDelivery = 'signed-url' | 'bucket-url';
