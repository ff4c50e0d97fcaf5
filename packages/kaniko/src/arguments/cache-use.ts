import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import type { ExecutorOptions } from './executor-options.ts';
import { isTrue } from './flag-value.ts';
import { optionValues } from './option-values.ts';
import { parseRawArguments } from './raw-arguments.ts';

/** Which layers of a build are cached. */
export interface CacheUse {
  readonly isOn: boolean;
  /** Layers of COPY and ADD. */
  readonly copyLayers: boolean;
  /** Layers of RUN. */
  readonly runLayers: boolean;
}

/**
 * Which layers the executor caches, with what the user says in raw arguments.
 *
 * @throws KanikitError as `renderExecutorArguments` for raw arguments
 */
export function cacheUse(
  { cache, extraArguments }: Pick<ExecutorOptions, 'cache' | 'extraArguments'>,
  executor: ExecutorRelease,
): CacheUse {
  const own = optionValues({ context: '', destinations: [], cache });
  const values = [...own, ...parseRawArguments(extraArguments ?? [], executor)];
  const last = new Map(values.map(({ name, value }) => [name, value]));
  const isOn = isTrue(last.get('cache'));
  return {
    isOn,
    copyLayers: isOn && isTrue(last.get('cache-copy-layers')),
    runLayers: isOn && isTrue(last.get('cache-run-layers') ?? 'true'),
  };
}

/**
 * The repositories of cached layers that raw arguments name.
 *
 * @throws KanikitError as `renderExecutorArguments` for raw arguments
 */
export function rawCacheRepositories(
  extraArguments: readonly string[],
  executor: ExecutorRelease,
): readonly string[] {
  return parseRawArguments(extraArguments, executor)
    .filter(({ name, value }) => name === 'cache-repo' && value !== '')
    .map(({ value }) => value);
}
