import {
  type BuildRequest,
  type ContextWarning,
  KanikitError,
  type Manifest,
  type RunContext,
} from '@kanikit/spec';
import { createRedactor, redactDeep } from '@kanikit/toolkit/secrets';
import type { Environment } from '../model/environment.ts';
import { closeContexts } from '../model/close-contexts.ts';
import { prepareBuild } from '../preflight/prepare-build.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { RunProblem } from '../model/result.ts';
import { secretTexts } from '../secrets/resolve-secrets.ts';
import { identifyBuilds } from '../planner/identify-builds.ts';
import { ignoredPaths } from '../planner/ignored-paths.ts';
import { planPod } from '../planner/plan-pod.ts';
import { plannedDelivery } from '../planner/planned-delivery.ts';

/** What a run would create for one build. */
export interface BuildPlan {
  readonly name: string;
  /** `none`: the executor fetches the context itself. */
  readonly delivery: 'none' | 'upload' | 'stdin';
  /** Objects in the order of their creation; secret values hidden. */
  readonly manifests: readonly Manifest[];
  /** What a run would warn of before it starts: what context, Dockerfile and arguments lead to with this executor. */
  readonly warnings: readonly ContextWarning[];
}

/**
 * What a run of these requests would create, without touching cluster or bucket.
 *
 * @throws KanikitError `request-invalid` with every problem in its message
 */
export async function planRun(
  requests: readonly BuildRequest[],
  environment: Environment,
  run: RunContext,
): Promise<readonly BuildPlan[]> {
  const results = await Promise.all(
    identifyBuilds(requests, environment).map((build) => prepareBuild(build, environment, run)),
  );
  await closeContexts(results.flatMap((result) => ('prepared' in result ? [result.prepared] : [])));
  run.signal.throwIfAborted();
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw invalid(problems);
  const { cluster, insecureRegistries } = environment;
  const plan = { runId: 'dry-run', insecureRegistries, ignoredPaths: ignoredPaths(cluster.description) };
  return results.flatMap((result) => {
    if (!('prepared' in result)) return [];
    const build = result.prepared;
    const { delivery, planned } = plannedDelivery(build);
    const launch = planPod(build, planned, plan);
    const manifests = cluster.manifests(launch, { isRedacted: true });
    return [{ name: build.name, delivery, manifests, warnings: warningsOf(build) }];
  });
}

function warningsOf({ notices, secrets }: PreparedBuild): readonly ContextWarning[] {
  const redactor = createRedactor();
  redactor.hideWhole(secretTexts(secrets));
  return redactDeep(
    notices.map(({ code, message, hint }) => ({ code, message, hint })),
    redactor,
  );
}

function invalid(problems: readonly RunProblem[]): KanikitError {
  const [first] = problems;
  return new KanikitError({
    code: problems.length === 1 && first !== undefined ? first.code : 'request-invalid',
    message: problems.map((problem) => problem.message).join('\n'),
    hint: problems.length === 1 ? first?.hint : problems.map((problem) => problem.hint ?? '').join('\n'),
  });
}
