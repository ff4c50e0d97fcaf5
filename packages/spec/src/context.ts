import type { RunContext } from './run-context.ts';

/** What a source needs to know to open a context. */
export interface ContextRequest {
  /** As the user wrote it. */
  readonly reference: string;
  /** As the user wrote it; undefined means `Dockerfile`. `-` means `readStdin` holds the Dockerfile. */
  readonly dockerfile: string | undefined;
  /** Folder that relative paths on the client start from. */
  readonly workingDirectory: string;
  readonly contextSubPath: string | undefined;
  /** The client's standard input, for `-` as context or Dockerfile. Consumed at most once. */
  readonly readStdin?: (() => AsyncIterable<Uint8Array>) | undefined;
}

/** A plugin that turns a reference into a context. Third parties may publish one. */
export interface ContextSource {
  readonly specVersion: 1;
  /** `local`, `tar`, `stdin`, `git`, … */
  readonly kind: string;
  /** Whether this source takes the reference. Pure and synchronous; the first source that says yes gets it. */
  accepts(reference: string): boolean;
  /**
   * Checks the context and makes it ready: finds the Dockerfile, reads the ignore file. Sends nothing.
   *
   * @throws KanikitError e.g. `context-missing`, `dockerfile-missing`, `ignore-file-invalid`
   */
  open(request: ContextRequest, run: RunContext): Promise<PreparedContext>;
}

export type PreparedContext = ArchiveContext | RemoteContext;

/** Something worth telling the user that does not stop the build. */
export interface ContextWarning {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

interface DockerfileOfContext {
  /** Value of the executor's `--dockerfile`: the path inside the context. */
  readonly dockerfile: string;
  /** The Dockerfile's text where the client can read it: the map for progress. */
  readonly dockerfileText: string | undefined;
  readonly warnings: readonly ContextWarning[];
}

/** A context the client packs: it must be uploaded or streamed. */
export interface ArchiveContext extends DockerfileOfContext {
  readonly kind: 'archive';
  /**
   * Packs the context as a gzip-compressed tar, deterministic, padded so that the executor never waits for EOF. Each call packs anew.
   * Ends with an error, never early, when a file can't be read or changes meanwhile.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
   */
  pack(options: PackOptions, run: RunContext): AsyncIterable<Uint8Array>;
}

export interface PackOptions {
  /** Called at most about ten times a second and once at the end. */
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
}

export interface PackProgress {
  readonly files: number;
  /** Bytes of file content read. */
  readonly bytes: number;
  /** Bytes of archive written. */
  readonly archiveBytes: number;
}

/** A context that the executor fetches by itself. */
export interface RemoteContext extends DockerfileOfContext {
  readonly kind: 'remote';
  readonly delivery: ContextDelivery;
}

/** How the executor gets the bytes by URL. */
export interface ContextDelivery {
  /** Value of `--context`. */
  readonly context: string;
  /** True when the value itself grants access (a signed URL): it then travels in a secret, never in an argument list or event. */
  readonly isSecret: boolean;
  /** Further executor arguments, e.g. `--git=branch=main`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Environment that goes through a secret. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** PEM certificates the executor must trust besides its own to reach the URL. */
  readonly certificateAuthorities?: string | undefined;
}

export interface UploadOptions {
  readonly runId: string;
  readonly buildId: string;
  /** How long the executor may need to fetch the object, in milliseconds; signed URLs live at least this long. */
  readonly lifetimeMs: number;
  /** Bytes handed to the store so far; total is undefined while unknown. */
  readonly onProgress?: ((bytes: number, totalBytes: number | undefined) => void) | undefined;
}

/** A bucket that local contexts are uploaded to. */
export interface ContextStore {
  readonly specVersion: 1;
  /** `s3`, `gcs`, `azure-blob`. */
  readonly kind: string;
  /** For people, without credentials: `s3://bucket/prefix at https://host`. */
  readonly description: string;
  /**
   * Cheap proof that the bucket is there and may be written, before anything is packed.
   *
   * @throws KanikitError `bucket-missing`, `bucket-denied`, `bucket-unreachable`
   */
  check(run: RunContext): Promise<void>;
  /**
   * Stores the archive whole or not at all: on failure or abort no object and no dangling part stays.
   *
   * @throws KanikitError `bucket-upload-failed` and those of `check`; errors of the archive pass through unchanged
   */
  upload(archive: AsyncIterable<Uint8Array>, options: UploadOptions, run: RunContext): Promise<StoredContext>;
}

export interface StoredContext {
  /** For people, without credentials. */
  readonly location: string;
  /** `sha256:…` of the archive. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** True when the store had the same bytes already and nothing was sent. */
  readonly isReused: boolean;
  readonly delivery: ContextDelivery;
  /** Deletes the object. Does nothing when it is gone or in use by someone else's run. */
  remove(run: RunContext): Promise<void>;
}
