import { isKanikitError, KanikitError, type ExecutorDistribution } from '@kanikit/spec';
import { acquireExecutor } from '../executor/acquire-executor.ts';
import type { ExecutorProgram, ExecutorProgress } from '../executor/executor-program.ts';
import { parseExecutorImage, type WantedExecutor } from './executor-images.ts';

/** The executor that stands for a pod's image. */
export interface ObtainedExecutor {
  readonly program: ExecutorProgram;
  readonly wanted: WantedExecutor;
  /** Why it is not exactly what the image names; undefined when it is. */
  readonly substitution: string | undefined;
}

export interface ExecutorSource {
  /** Stands in for executors that cannot be had. @default google 1.24.0 */
  readonly fallback: { readonly distribution: ExecutorDistribution; readonly version: string };
  /** More image names (`registry/repository`) that hold an executor. */
  readonly images: Readonly<Record<string, ExecutorDistribution>>;
  readonly cacheFolder: string | undefined;
  readonly onProgress: ((progress: ExecutorProgress) => void) | undefined;
}

/** The newest release of each distribution that is known here, for tags like `latest`. */
export const newestReleases: Readonly<Record<ExecutorDistribution, string>> = {
  google: '1.24.0',
  osscontainertools: '1.28.3',
  chainguard: '1.25.5',
};

/** Gets the executor that an image names, else the fallback. Throws `image-refused` for other images and `executor-unavailable`. */
export async function obtainExecutor(
  image: string,
  source: ExecutorSource,
  signal: AbortSignal,
): Promise<ObtainedExecutor> {
  const wanted = parseExecutorImage(image, source.images);
  if (wanted === undefined) throw refused(image);
  const { distribution } = wanted;
  const version = wanted.version ?? newestReleases[distribution];
  const common = {
    signal,
    ...(source.cacheFolder !== undefined && { cacheFolder: source.cacheFolder }),
    ...(source.onProgress !== undefined && { onProgress: source.onProgress }),
  };
  try {
    const copy = wanted.mirror === undefined ? {} : { image: wanted.mirror };
    const program = await acquireExecutor({ distribution, version, ...copy, ...common });
    // A build of a development state counts as the release that it becomes.
    const isSame =
      program.version.replace(/-[a-z][^]*$/, '') === version && program.distribution === distribution;
    return { program, wanted, substitution: isSame ? undefined : substitution(image, program) };
  } catch (error) {
    const isFallback = distribution === source.fallback.distribution && version === source.fallback.version;
    if (isFallback || !isKanikitError(error) || error.code !== 'executor-unavailable') throw error;
    const program = await acquireExecutor({ ...source.fallback, ...common });
    return { program, wanted, substitution: substitution(image, program) };
  }
}

function substitution(image: string, program: ExecutorProgram): string {
  if (program.way === 'given') {
    return `The sandbox runs the given executor, Kaniko ${program.version} (${program.distribution}), in place of "${image}"`;
  }
  return `"${image}" can't be had on this machine: the sandbox runs Kaniko ${program.version} (${program.distribution}) in its place`;
}

function refused(image: string): KanikitError {
  return new KanikitError({
    code: 'image-refused',
    message: `"${image}" not found: it is not a Kaniko executor image, and the sandbox runs no other`,
    hint: 'Use gcr.io/kaniko-project/executor, ghcr.io/osscontainertools/kaniko or a copy of one of them.',
  });
}
