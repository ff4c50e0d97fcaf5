import type { ExecutorContextSupport } from './context-support.ts';
import type { ContextDelivery } from './delivery.ts';
import type { GitSettings } from './request.ts';
import type { RunContext } from './run-context.ts';

/** What a source needs to know to open a context. */
export interface ContextRequest {
  /** As the user wrote it. */
  readonly reference: string;
  /** As the user wrote it; undefined means `Dockerfile`. `-` means `readStdin` holds the Dockerfile. May be an `https://` or `http://` URL. */
  readonly dockerfile: string | undefined;
  /** Folder that relative paths on the client start from. */
  readonly workingDirectory: string;
  readonly contextSubPath: string | undefined;
  /** The client's standard input, for `-` as context or Dockerfile. Consumed at most once. */
  readonly readStdin?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** What the executor can fetch; undefined stands for one that can do all that is documented. */
  readonly executor?: ExecutorContextSupport | undefined;
  /** Who fetches a context that is not on this machine: `executor` refuses what it can't, `client` always fetches here. @default auto */
  readonly fetch?: 'auto' | 'executor' | 'client' | undefined;
  /** How a bucket's object reaches the executor, see `BuildRequest.contextDelivery`. @default auto */
  readonly delivery?: 'auto' | 'signed-url' | 'bucket-url' | 'stdin' | undefined;
  readonly git?: GitSettings | undefined;
  /** How long the executor may need to fetch the context, in milliseconds; signed URLs live at least this long. @default one hour */
  readonly lifetimeMs?: number | undefined;
  /** The user's environment. @default that of the process */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A plugin that turns a reference into a context. Third parties may publish one. */
export interface ContextSource {
  readonly specVersion: 1;
  /** `local`, `tar`, `stdin`, `git`, `s3`, `gcs`, `azure-blob`, `https`, … */
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

interface AnyContext {
  /** The Dockerfile's text where the client can read it: the map for progress. */
  readonly dockerfileText: string | undefined;
  readonly warnings: readonly ContextWarning[];
  /** Removes what opening made on this machine (a clone, a download). Called once, however the build ends. */
  readonly close?: (() => Promise<void>) | undefined;
}

/** A context the client packs: it must be uploaded or streamed. */
export interface ArchiveContext extends AnyContext {
  readonly kind: 'archive';
  /**
   * Contexts of one run with equal keys hold the same files and differ in their Dockerfile only: they travel in one archive.
   * Undefined: never shared.
   */
  readonly shareKey: string | undefined;
  /**
   * True when this Dockerfile travels beside the archive, as a file of the pod, since it can't be put into it: `dockerfileText` holds it.
   */
  readonly isDockerfileApart: boolean;
  /** True where it can be packed only once: what it is made of is gone then (standard input). @default false */
  readonly isReadOnce?: boolean | undefined;
  /** Folder inside of the archive that is the context: the executor's `--context-sub-path`. @default the archive's top */
  readonly contextSubPath?: string | undefined;
  /**
   * Packs the context as a gzip-compressed tar, deterministic, padded so that the executor never waits for EOF. Each call packs anew.
   * The parts end with an error, never early, when a file can't be read or changes meanwhile.
   *
   * @throws KanikitError `context-unreadable`, `context-changed`, `context-file-unsupported`
   */
  pack(options: PackOptions, run: RunContext): PackedArchive;
  /**
   * What would be sent, in the archive's order; with `withIgnored` also what an ignore rule leaves out (a directory whole, where nothing in it
   * is brought back). Absent where a context can't tell without being consumed.
   */
  readonly list?: ((options: ListOptions, run: RunContext) => AsyncIterable<ContextEntry>) | undefined;
}

export interface ListOptions {
  readonly withIgnored?: boolean | undefined;
}

/** A path of a context, relative to it, `/` between names. */
export interface ContextEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Bytes of content: 0 for all but files; of an ignored directory what lies in it. */
  readonly sizeBytes: number;
  /** The rule that leaves it out; undefined for what is sent. */
  readonly ignoredBy?: { readonly file: string; readonly line: number; readonly pattern: string } | undefined;
  /** What a file looks like that should not be in an image, for people: `private key`, `environment file`, … Only of what is sent. */
  readonly secret?: string | undefined;
}

export interface PackOptions {
  /** Called at most about ten times a second and once at the end. */
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
  /** Further contexts of the same `shareKey`, whose Dockerfiles travel along. */
  readonly sharedWith?: readonly ArchiveContext[] | undefined;
  /**
   * Stands for the content's digest in the names of Dockerfiles, for a reader that needs the names before the end of the archive (a stream).
   * Lower-case letters and digits.
   */
  readonly seal?: string | undefined;
  /** Folder for what speeds up the next packing of the same tree. @default none is kept */
  readonly indexFolder?: string | undefined;
  /** `stream` hands over small pieces at once; `parts` collects 5 to 16 MiB, cut so that a change moves few of them. @default parts */
  readonly cut?: 'parts' | 'stream' | undefined;
}

export interface PackProgress {
  readonly files: number;
  /** Bytes of file content read. */
  readonly bytes: number;
  /** Bytes of archive written. */
  readonly archiveBytes: number;
  /** Files and bytes there are in all, where that is known. */
  readonly totalFiles?: number | undefined;
  readonly totalBytes?: number | undefined;
}

/** An archive on its way. */
export interface PackedArchive {
  /**
   * What the summary will be, where that can be told without reading file contents (nothing changed since the last packing); else undefined.
   * Ask before the first part is taken.
   */
  known(): Promise<ArchiveSummary | undefined>;
  /**
   * Values of the executor's `--dockerfile`, as in the summary. Resolves as soon as they are known: before any part is taken where `seal` was
   * given (or the names do not depend on the content), else with the summary.
   */
  readonly dockerfiles: Promise<readonly string[]>;
  /** The archive's bytes, in order. To be iterated once. */
  readonly parts: AsyncIterable<ArchivePart>;
  /** Resolves once all parts were taken; rejects with the error that ended them. */
  readonly summary: Promise<ArchiveSummary>;
}

/** A piece of an archive. Pieces of the same content have the same digest, whatever the archive. */
export interface ArchivePart {
  /** `sha256:…` of the piece's bytes. */
  readonly digest: string;
  readonly sizeBytes: number;
  /**
   * The bytes. A part that was packed before is read and packed only here, so a store that has it need not ask. At most once, and before the
   * part after next is taken.
   */
  read(): Promise<Uint8Array>;
}

export interface ArchiveSummary {
  /** `sha256:…` that names the content: the same for the same files on every machine, Dockerfiles included. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Values of the executor's `--dockerfile`: for the context itself, then for each of `sharedWith`. */
  readonly dockerfiles: readonly string[];
  /** What only packing could tell, such as that most of the context is `node_modules`. */
  readonly warnings?: readonly ContextWarning[] | undefined;
}

/** A context that the executor fetches by itself. */
export interface RemoteContext extends AnyContext {
  readonly kind: 'remote';
  /** Value of the executor's `--dockerfile`: a path inside the context, or a URL. */
  readonly dockerfile: string;
  /** A Dockerfile that is not in the context: it travels as a file of the pod, and `dockerfile` is not used. */
  readonly dockerfileContents?: Uint8Array | undefined;
  /** Folder of what is fetched that is the context: the executor's `--context-sub-path`. @default that of the request */
  readonly contextSubPath?: string | undefined;
  readonly delivery: ContextDelivery;
  /** The delivery anew, for one that may have expired (a signed URL). Absent where it does not expire. */
  readonly renew?: ((run: RunContext) => Promise<ContextDelivery>) | undefined;
}
