import type { PackedArchive } from './context.ts';
import type { ExecutorContextSupport } from './context-support.ts';
import type { BucketDelivery, ContextDelivery } from './delivery.ts';
import type { RunContext } from './run-context.ts';

/**
 * A bucket that local contexts are uploaded to. Third parties may publish one; `contextStoreContract` of `@kanikit/contexts/contract` tests all that is
 * demanded here:
 *
 * - `check` leaves nothing behind, and `upload` leaves nothing where it fails or is aborted.
 * - `deliveries` gives a reason for each way that it leaves out, also where the executor can't fetch from such a store (its `kinds`).
 * - `upload` with `keepMs` keeps: the object outlives its run (`isKept`), and the same archive is neither sent nor read again. A store that keeps nothing
 *   is none: builds with `keepContextMs` count on it.
 * - No text that people see holds a credential.
 */
export interface ContextStore {
  readonly specVersion: 1;
  /** `s3`, `gcs`, `azure-blob`. */
  readonly kind: string;
  /** For people, without credentials: `s3://bucket/prefix at https://host`. */
  readonly description: string;
  /**
   * Cheap proof that the bucket is there and may be written, before anything is packed. Leaves nothing behind.
   *
   * @throws KanikitError `bucket-missing`, `bucket-denied`, `bucket-unreachable`
   */
  check(run: RunContext): Promise<void>;
  /**
   * How such an executor can read what this store holds, safest first; each that is left out must have its reason, which the user is told. Sends
   * nothing to the bucket.
   *
   * @throws KanikitError `bucket-options-invalid`
   */
  deliveries(executor: ExecutorContextSupport | undefined, run: RunContext): Promise<DeliveryAbilities>;
  /**
   * Stores the archive whole or not at all: on failure or abort no object that passes for the archive and no dangling upload stays.
   * Takes from the store what it has already.
   *
   * @throws KanikitError `bucket-upload-failed` and those of `check`; errors of the archive pass through unchanged
   */
  upload(archive: PackedArchive, options: UploadOptions, run: RunContext): Promise<StoredContext>;
  /**
   * Removes what runs left behind: contexts of runs that are over, and by age what a killed upload left. Never contexts that are kept on purpose
   * before their time, and nothing that is not kanikit's. Tells what went. Undefined where the store has no such thing.
   *
   * @throws KanikitError those of `check`, `bucket-denied` where it may not list
   */
  prune?(options: PruneOptions, run: RunContext): Promise<readonly LeftContext[]>;
}

export interface PruneOptions {
  /** Whether nothing of this run is left but what is in the bucket: its contexts go whatever their age. */
  readonly isOver: (runId: string) => boolean;
  /** Whether builds of this run may still read their contexts: they stay whatever their age. */
  readonly isNeeded: (runId: string) => boolean;
  /** Age at which contexts of runs that nobody knows of go, in milliseconds. @default a week, a day for parts of uploads */
  readonly olderThanMs: number | undefined;
  /** True removes nothing, and tells what would go. */
  readonly isDryRun: boolean;
}

/** Something in the bucket that no build needs any longer. */
export interface LeftContext {
  /** For people, without credentials. */
  readonly location: string;
  readonly sizeBytes: number | undefined;
  /** For people: `its run is over`. */
  readonly reason: string;
}

export interface DeliveryAbilities {
  /** Safest first; empty when only a stream to the executor's stdin is left. */
  readonly possible: readonly BucketDelivery[];
  /** Why the others are not possible, for people. */
  readonly reasons: Readonly<Partial<Record<BucketDelivery, string>>>;
  /**
   * What an executor needs to fetch a signed URL of this store besides the URL. Where it is told, pods may be launched while the upload runs:
   * the delivery then has a secret `context` and these authorities, and nothing else.
   */
  readonly signedUrl?: { readonly certificateAuthorities: string | undefined } | undefined;
}

export interface UploadOptions {
  readonly runId: string;
  /** The builds that read the object. */
  readonly buildIds: readonly string[];
  readonly delivery: BucketDelivery;
  /** How long the executor may need to fetch the object, in milliseconds; signed URLs live at least this long. */
  readonly lifetimeMs: number;
  /**
   * Undefined: the object is the run's own and removed after it. Else objects are shared between runs, and those that no run has used for
   * this long (milliseconds) are removed by later uploads.
   */
  readonly keepMs: number | undefined;
  /** Further labels of the objects. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Called at most about ten times a second and once at the end. */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

export interface UploadProgress {
  /** Bytes sent to the store. */
  readonly sentBytes: number;
  /** Bytes that the store had already. */
  readonly reusedBytes: number;
  /** Bytes of the whole archive, once known. */
  readonly totalBytes: number | undefined;
}

export interface StoredContext {
  /** For people, without credentials. */
  readonly location: string;
  /** That of the archive's summary. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Bytes that had to be sent; the rest was in the store. */
  readonly sentBytes: number;
  /** Values of `--dockerfile`, as in the archive's summary. */
  readonly dockerfiles: readonly string[];
  readonly delivery: ContextDelivery;
  /** The delivery anew, for one that may have expired (a signed URL): sends nothing but what signing needs. Absent where it does not expire. */
  readonly renew?: ((run: RunContext) => Promise<ContextDelivery>) | undefined;
  /** True when the object outlives the run: `remove` then does nothing. */
  readonly isKept: boolean;
  /** Deletes what this upload put into the bucket. Does nothing when it is gone or kept. */
  remove(run: RunContext): Promise<void>;
}
