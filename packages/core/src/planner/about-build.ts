import type { BuildAbout, PodLaunch } from '@kanikit/spec';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { shownContext } from './shown-context.ts';

/** How long the pod of a build that nobody waits for stays after its end unless told otherwise: a day, for its log and its verdict. */
const defaultKeepEndedMs = 24 * 60 * 60 * 1000;

/** What a pod tells others about its build, without credentials. */
export function aboutBuild(build: PreparedBuild, contextLocation: string | undefined): BuildAbout {
  const { request, executor, outline } = build;
  return {
    name: build.name,
    destinations: request.destinations,
    context: shownContext(request.context),
    platform: request.platform,
    cacheRepository: typeof request.cache === 'object' ? request.cache.repository : undefined,
    executor: `${executor.distribution}@${executor.version}`,
    outline: outline?.stages,
    contextLocation,
  };
}

/** How long a pod may outlive its build, and what makes it. */
export function podLife(
  { request: { pod } }: PreparedBuild,
  isDetached: boolean,
): Pick<PodLaunch, 'isDetached' | 'podAs' | 'keepFailedSeconds' | 'keepEndedSeconds'> {
  const isKept = isDetached || pod?.podAs === 'job';
  return {
    isDetached,
    podAs: pod?.podAs,
    keepFailedSeconds: secondsOf(pod?.keepFailedMs),
    keepEndedSeconds: isKept ? secondsOf(pod?.keepEndedMs ?? defaultKeepEndedMs) : undefined,
  };
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined || ms <= 0 ? undefined : Math.ceil(ms / 1000);
}
