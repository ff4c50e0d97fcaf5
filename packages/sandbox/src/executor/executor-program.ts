import type { ExecutorDistribution } from '@kanikit/spec';

/** Which executor is wanted, and what may be done to get it. */
export interface ExecutorRequest {
  readonly distribution: ExecutorDistribution;
  /** Release without `v`, e.g. `1.24.0`. */
  readonly version: string;
  /** Image to pull instead of the distribution's own, e.g. a mirror. */
  readonly image?: string;
  /** A program the user has. @default the environment variable `KANIKIT_EXECUTOR` */
  readonly path?: string;
  /** @default `$XDG_CACHE_HOME/kanikit` or `~/.cache/kanikit` */
  readonly cacheFolder?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly onProgress?: (progress: ExecutorProgress) => void;
  readonly signal: AbortSignal;
}

/** What is being done to get the executor, for people who wait. */
export interface ExecutorProgress {
  readonly way: ExecutorWay;
  /** One line, e.g. `compiling 312 of 1258 packages`. */
  readonly detail: string;
  /** Parts done of `total` (bytes or packages), where countable. */
  readonly done?: number;
  readonly total?: number;
  readonly elapsedMs: number;
}

/** The ways to an executor, in the order they are tried. */
export type ExecutorWay = 'given' | 'kept' | 'image' | 'build';

/** An executor on this machine. */
export interface ExecutorProgram {
  readonly path: string;
  /** Every file for `/kaniko` (the executor, and credential helpers where the image had them). */
  readonly files: readonly string[];
  readonly distribution: ExecutorDistribution;
  readonly version: string;
  readonly way: ExecutorWay;
  readonly sha256: string;
}

/** `linux-amd64`, `linux-arm64` …, in the words of image indexes. */
export function executorPlatform(): { readonly os: 'linux'; readonly architecture: string } {
  const names: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[process.arch] ?? process.arch };
}
