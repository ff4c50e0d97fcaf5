import {
  type CacheUse,
  cacheUse,
  checkVariables,
  formatPlatform,
  parseDockerfileOutline,
  parsePlatform,
  type ResolvedExecutor,
  type ResolvedFeatures,
  resolveExecutor,
  resolveFeatures,
  wantedFeatures,
} from '@kanikit/kaniko';
import type { BuildRequest, DockerfileOutline, RunContext } from '@kanikit/spec';
import { chooseDelivery } from '../delivery/choose-delivery.ts';
import type { PreparingEnvironment } from '../model/environment.ts';
import type { IdentifiedBuild } from '../planner/identify-builds.ts';
import { ignoredPaths } from '../planner/ignored-paths.ts';
import { planPod } from '../planner/plan-pod.ts';
import { resolveProxy } from '../planner/proxy-environment.ts';
import { resolveSecrets } from '../secrets/resolve-secrets.ts';
import { failureOfError } from '../model/failures.ts';
import type { RunProblem } from '../model/result.ts';
import { noticesOf } from './about-dockerfile.ts';
import { checkDestinations } from './check-destinations.ts';
import { checkImageNames } from './check-image-names.ts';
import { checkSecretMounts } from './check-secret-mounts.ts';
import { closeContexts } from '../model/close-contexts.ts';
import { executorVariables } from './executor-variables.ts';
import { openContext } from './open-context.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { registriesInUse } from './registries-in-use.ts';

/** Everything about a build that can be found out without cluster and bucket: the build made ready, or all that is wrong with it. */
export async function prepareBuild(
  { id, name, request }: IdentifiedBuild,
  environment: PreparingEnvironment,
  run: RunContext,
): Promise<{ readonly prepared: PreparedBuild } | { readonly problems: readonly RunProblem[] }> {
  const problems: RunProblem[] = [];
  const attempt = async <T>(work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const problem = problemOf(error, id);
      // Several checks read the arguments of the executor, and meet the same mistake.
      if (!problems.some(({ code, message }) => code === problem.code && message === problem.message))
        problems.push(problem);
      return undefined;
    }
  };
  const platform = await attempt(() => platformOf(request.platform));
  const registries = await attempt(() => checkDestinations(request));
  const executor = await attempt(() => resolveExecutor(request.executor ?? environment.defaultExecutor));
  const context = executor && (await attempt(() => openContext(request, executor, environment, run)));
  const delivery =
    executor &&
    context &&
    (await attempt(() => chooseDelivery(request, context, executor, environment, run)));
  const secrets =
    executor && (await attempt(() => resolveSecrets(request.secrets ?? [], executor, environment)));
  const buildArgs = resolveBuildArgs(request.buildArgs, environment.clientEnv);
  const outline = await attempt(() =>
    context?.dockerfileText === undefined
      ? undefined
      : parseDockerfileOutline(context.dockerfileText, { buildArgs, target: request.target, executor }),
  );
  if (executor !== undefined) await attempt(() => checkImageNames(request, outline, executor));
  const dockerConfig = await attempt(() =>
    registries === undefined || request.pod?.registrySecret !== undefined
      ? undefined
      : environment.loadDockerConfig(registriesInUse(registries, outline), run),
  );
  const raw = request.executorArgs ?? [];
  const cache =
    executor && (await attempt(() => cacheUse({ cache: request.cache, extraArguments: raw }, executor)));
  const features =
    executor && secrets && cache && (await attempt(() => featuresOf(request, { executor, cache, outline })));
  const ofSecrets =
    executor &&
    secrets &&
    cache &&
    (await attempt(() =>
      checkSecretMounts(
        outline,
        secrets.mounts.map(({ id }) => id),
        raw,
        executor,
      ),
    ));
  const isComplete =
    executor !== undefined &&
    context !== undefined &&
    delivery !== undefined &&
    secrets !== undefined &&
    cache !== undefined &&
    features !== undefined &&
    ofSecrets !== undefined;
  if (!isComplete || problems.length > 0) {
    await closeContexts(context === undefined ? [] : [{ context }]);
    return { problems };
  }
  const notices = [...noticesOf({ request, buildArgs, context, executor, features, cache }), ...ofSecrets];
  const pod = request.pod && {
    ...request.pod,
    proxy: resolveProxy(request.pod.proxy, environment.clientEnv),
  };
  const prepared: PreparedBuild = {
    id,
    name,
    request: { ...request, platform, buildArgs, pod },
    executor,
    context,
    delivery,
    outline,
    dockerConfig,
    preparedAtMs: environment.steadyNow(),
    secrets,
    features,
    notices,
  };
  // Rendering once without a delivery finds flags that this executor does not have, and pods that Kubernetes would not take, before anything is
  // uploaded.
  const planned = { source: 'stdin', dockerfile: 'Dockerfile' } as const;
  const { cluster } = environment;
  await attempt(() => {
    const paths = ignoredPaths(cluster.description);
    const launch = planPod(prepared, planned, {
      runId: 'check',
      insecureRegistries: [],
      ignoredPaths: paths,
    });
    const manifests = cluster.manifests(launch, { isRedacted: true });
    const found = checkVariables(executorVariables(manifests, launch.image), executor, {
      isPushed: request.push !== false,
      hasCredentials: dockerConfig !== undefined || request.pod?.registrySecret !== undefined,
    });
    for (const { kind, code, message, hint } of found) {
      if (kind === 'problem') problems.push({ build: id, scope: 'request', code, message, hint });
      else notices.push({ level: 'warning', code, message, hint });
    }
  });
  if (problems.length === 0) return { prepared };
  await closeContexts([prepared]);
  return { problems };
}

/** The feature flags of a build: the user's, and those without which it would go wrong. */
function featuresOf(
  request: BuildRequest,
  {
    executor,
    cache,
    outline,
  }: {
    readonly executor: ResolvedExecutor;
    readonly cache: CacheUse;
    readonly outline: DockerfileOutline | undefined;
  },
): ResolvedFeatures {
  const hasSecrets = (request.secrets ?? []).length > 0;
  return resolveFeatures(
    {
      features: request.features,
      profile: request.featureProfile,
      env: request.pod?.env,
      wanted: wantedFeatures({ cache, hasSecrets, outline }, executor),
    },
    executor,
  );
}

/** A build arg without a value takes the client's variable of that name, as `docker build` does; one that is not set is left out. */
function resolveBuildArgs(
  buildArgs: Readonly<Record<string, string | undefined>> | undefined,
  clientEnv: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = Object.entries(buildArgs ?? {}).map(
    ([key, value]) => [key, value ?? clientEnv[key]] as const,
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** In the spelling that executor, registries and nodes share. */
function platformOf(platform: string | undefined): string | undefined {
  return platform === undefined ? undefined : formatPlatform(parsePlatform(platform));
}

/** What a thrown error means for the preflight; an unexpected one keeps its words. */
export function problemOf(
  error: unknown,
  build: string | undefined,
  scope: RunProblem['scope'] = 'request',
): RunProblem {
  const { code, message, hint } = failureOfError(error);
  return { build, scope, code, message, hint };
}
