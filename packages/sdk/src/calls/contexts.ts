import type {
  ArchiveContext,
  BuildRequest,
  PackProgress,
  StoredContext,
  UploadProgress,
} from '@kanikit/spec';

/** A context as a build request names it. */
export type ContextInput = Pick<BuildRequest, 'context' | 'dockerfile' | 'contextSubPath' | 'git'>;

export interface ContextCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PushOptions extends ContextCallOptions {
  /** How long the object outlives its last use, in milliseconds. @default 7 days */
  readonly keepMs?: number | undefined;
  readonly onPack?: ((progress: PackProgress) => void) | undefined;
  readonly onUpload?: ((progress: UploadProgress) => void) | undefined;
}

/** Build contexts without a build: look at them, pack them, put them into a bucket. Needs no cluster. */
export interface Contexts {
  /** For people, without credentials; undefined without a bucket. */
  readonly storeDescription: string | undefined;
  /**
   * Opens a context as an archive; one that is not on this machine is fetched. Call its `close` when done.
   *
   * @throws KanikitError as builds do: `context-missing`, `dockerfile-missing`, …
   */
  open(input: ContextInput, options?: ContextCallOptions): Promise<ArchiveContext>;
  /**
   * Packs an opened context into the bucket, where later builds and pushes find what did not change.
   *
   * @throws KanikitError `bucket-needed` without a bucket, those of packing and of the bucket
   */
  push(context: ArchiveContext, options?: PushOptions): Promise<StoredContext>;
  /**
   * A rule, in the bucket's own format, that removes what nobody has used for this long (milliseconds).
   *
   * @throws KanikitError `bucket-needed`, `options-invalid`
   */
  lifecycleRule(keepMs: number): Promise<string>;
}
