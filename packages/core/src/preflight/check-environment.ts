import type { RunContext } from '@kanikit/spec';
import { isUploaded } from '../delivery/group-uploads.ts';
import type { Environment } from '../model/environment.ts';
import type { RunProblem } from '../model/result.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { problemOf } from './prepare-build.ts';

/** Asks cluster and bucket, all at once, whether these builds may run there. */
export async function checkEnvironment(
  builds: readonly PreparedBuild[],
  environment: Environment,
  run: RunContext,
): Promise<readonly RunProblem[]> {
  const byNamespace = Map.groupBy(builds, (build) => build.request.pod?.namespace);
  const isStoreUsed = builds.some(isUploaded);
  const checks = [...byNamespace].map(async ([namespace, inside]): Promise<readonly RunProblem[]> => {
    const isAttachNeeded = inside.some(({ delivery }) => delivery.way === 'stdin');
    const isJobNeeded = inside.some(({ request }) => request.pod?.podAs === 'job');
    const problems = await environment.cluster.check({ namespace, isAttachNeeded, isJobNeeded }, run);
    return problems.map((problem) => ({ ...problem, build: undefined, scope: 'environment' as const }));
  });
  if (isStoreUsed && environment.store !== undefined) {
    checks.push(environment.store.check(run).then(() => []));
  }
  const results = await Promise.all(
    checks.map((check) => check.catch((error: unknown) => [problemOf(error, undefined, 'environment')])),
  );
  return results.flat();
}
