import type { CacheSettings } from '@kanikit/spec';

/** What the executor is told, in words of this package; rendered for a release by `renderExecutorArguments`. */
export interface ExecutorOptions {
  /** Build context as the executor takes it: a URL, `tar://stdin` or a path. */
  readonly context: string;
  readonly contextSubPath?: string | undefined;
  readonly dockerfile?: string | undefined;
  readonly destinations: readonly string[];
  /** Build only. @default false */
  readonly noPush?: boolean | undefined;
  /** Entries without a value are left out. */
  readonly buildArgs?: Readonly<Record<string, string | undefined>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  /** `os/arch[/variant]` of the base image to take. */
  readonly platform?: string | undefined;
  /** Layer cache; false or absent runs without. */
  readonly cache?: CacheSettings | boolean | undefined;
  /** Registries spoken to over plain http, for push, pull and cache. */
  readonly insecureRegistries?: readonly string[] | undefined;
  /** Secrets for `RUN --mount=type=secret`, as files of the executor's container. */
  readonly secrets?: readonly { readonly id: string; readonly path: string }[] | undefined;
  /** Paths that are neither unpacked, nor snapshotted, nor deleted; left out where the release has no such flag. */
  readonly ignoredPaths?: readonly string[] | undefined;
  /** Media types of the image; left to the executor where it is not given. */
  readonly imageFormat?: 'docker' | 'oci' | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly compression?: 'gzip' | 'zstd' | undefined;
  readonly pushRetries?: number | undefined;
  readonly imageDownloadRetries?: number | undefined;
  readonly tarPath?: string | undefined;
  readonly digestFile?: string | undefined;
  readonly imageNameWithDigestFile?: string | undefined;
  readonly imageNameTagWithDigestFile?: string | undefined;
  readonly snapshotMode?: 'full' | 'redo' | 'time' | undefined;
  readonly verbosity?: string | undefined;
  readonly logFormat?: 'text' | 'color' | 'json' | undefined;
  readonly logTimestamp?: boolean | undefined;
  /** Run although the executor can't tell that it is in a container. @default false */
  readonly force?: boolean | undefined;
  /** Options of a Git context (`branch`, `single-branch` …). */
  readonly git?: Readonly<Record<string, string>> | undefined;
  /** Arguments as the user typed them: checked against the release, appended last; see docs/decisions/0011-executor-arguments.md. */
  readonly extraArguments?: readonly string[] | undefined;
}
