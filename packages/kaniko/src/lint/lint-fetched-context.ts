import type { CacheUse } from '../arguments/cache-use.ts';
import type { ExecutorRelease } from '../executor/resolve-executor.ts';
import { isFeatureOn, type SetFeatures } from '../features/has-feature.ts';
import { featureHint } from './feature-hint.ts';
import type { DockerfileLint } from './rule.ts';

const scopeFeature = 'FF_KANIKO_SCOPED_DOCKERIGNORE';

/** Warns where the executor fetches the context and applies the ignore file itself: with a pattern such as `*` it leaves files of `COPY --from` out of the cache key. */
export function lintFetchedContext(
  /** Undefined where it can't be read here. */
  dockerfile: string | undefined,
  executor: ExecutorRelease,
  cache: CacheUse,
  features: SetFeatures,
): Omit<DockerfileLint, 'line'>[] {
  if (!cache.copyLayers || isFeatureOn(executor, scopeFeature, features)) return [];
  if (dockerfile !== undefined && !/^[ \t]*COPY\s[^\r\n]*--from=/im.test(dockerfile)) return [];
  const label = `Kaniko ${executor.version} (${executor.distribution})`;
  return [
    {
      code: 'cache-copy-from-stale',
      message: `${label} may take a COPY --from from the cache although its files changed, if the .dockerignore of the context has patterns such as * with exceptions.`,
      hint: featureHint(
        { executor, label, features },
        scopeFeature,
        'let kanikit fetch the context, or do not cache COPY layers.',
      ),
      isFatal: false,
    },
  ];
}
