/** An object as a listing tells it. Keys are whole names in the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly modifiedMs: number;
}

export interface ObjectOptions {
  /** Carried by the object, for people and lifecycle rules; keys are lower-case letters, digits and `-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `sha256:…` of the bytes, where known: a server that can check it should, so that what is stored is what was hashed. */
  readonly digest?: string | undefined;
  readonly signal: AbortSignal;
}

/** An upload in parts that has not ended. */
export interface OpenUpload {
  readonly key: string;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly startedMs: number;
  abort(signal: AbortSignal): Promise<void>;
}

/**
 * What the uploading algorithm needs of a kind of bucket; each kind has its SDK behind it. Calls retry by themselves what a later attempt may
 * mend. Errors are `KanikitError`s: `bucket-missing`, `bucket-denied`, `bucket-unreachable`, `bucket-upload-failed`, and
 * `bucket-object-missing` where a source of `concat` is gone.
 */
export interface ObjectStore {
  /** For people, without credentials. */
  describe(key: string): string;
  /** Smallest object that may be any but the last source of `concat`, in bytes; undefined where objects can't be put together in the store. */
  readonly smallestSourceBytes: number | undefined;
  /** Puts a whole object, or none. */
  put(key: string, bytes: Uint8Array, options: ObjectOptions): Promise<void>;
  /** Undefined where there is none, or where the credentials may not know. */
  stat(key: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** What lies under a prefix; undefined where the credentials may not list. */
  list(prefix: string, signal: AbortSignal): Promise<readonly StoredObject[] | undefined>;
  /**
   * Makes an object of others inside of the store, in order. A source may be the object itself, which renews its date; a single source may have
   * any size.
   */
  concat(key: string, sources: readonly StoredObject[], options: ObjectOptions): Promise<void>;
  /**
   * Stores a stream in the kind's own way (multipart, resumable, blocks), whole or not at all, for stores and sizes that `put` and `concat` are
   * not for. Leaves no dangling upload.
   */
  putStream(key: string, pieces: AsyncIterable<Uint8Array>, options: ObjectOptions): Promise<void>;
  /**
   * Uploads in parts that were begun and not ended, with ways to end them; undefined where the kind has none that stay, or they may not be listed.
   * Absent where a kind forgets them by itself.
   */
  openUploads?(prefix: string, signal: AbortSignal): Promise<readonly OpenUpload[] | undefined>;
  /** Removes objects; those that are gone already do not matter. */
  remove(keys: readonly string[], signal: AbortSignal): Promise<void>;
}
