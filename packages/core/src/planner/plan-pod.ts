import { renderExecutorArguments } from '@kanikit/kaniko';
import type { ContextDelivery, PodLaunch } from '@kanikit/spec';
import type { PreparedBuild } from '../preflight/prepared-build.ts';
import { executorOptions } from './executor-options.ts';

/** Default life of a build's pod. */
const defaultTimeoutMs = 60 * 60 * 1000;

/** Folder of the certificates that the context's server needs, below a path that the executor never snapshots. */
const authoritiesFolder = '/kaniko/ssl/kanikit';

/** Stands for a context URL that is a secret, so that it is in no argument list: the kubelet puts the variable's value in its place. */
const contextPlaceholder = '$(KANIKIT_CONTEXT)';

/** How the executor gets its context: fetched from a URL, or streamed to its stdin. */
export type PlannedDelivery = ContextDelivery | 'stdin';

/** Longest time the pod of this build may live, in milliseconds. */
export function timeoutOf(build: Pick<PreparedBuild, 'request'>): number {
  return build.request.timeoutMs ?? defaultTimeoutMs;
}

/**
 * The pod that builds this image: pure, nothing is touched.
 *
 * @throws KanikitError for flags that the chosen executor does not have
 */
export function planPod(
  build: PreparedBuild,
  delivery: PlannedDelivery,
  plan: { readonly runId: string; readonly insecureRegistries: readonly string[] },
): PodLaunch {
  const { request } = build;
  const url = delivery === 'stdin' ? undefined : delivery;
  const authorities = url?.certificateAuthorities;
  const isContextSecret = url?.isSecret ?? false;
  return {
    runId: plan.runId,
    buildId: build.id,
    name: request.pod?.name ?? `kanikit-${build.id}`,
    namespace: request.pod?.namespace,
    image: build.executor.image,
    args: renderExecutorArguments(
      executorOptions(build, {
        context: url === undefined ? 'tar://stdin' : isContextSecret ? contextPlaceholder : url.context,
        contextArgs: url?.args ?? [],
        insecureRegistries: plan.insecureRegistries,
      }),
      build.executor,
    ).map(escapeReferences),
    env: {
      ...(authorities === undefined ? {} : { SSL_CERT_DIR: `/kaniko/ssl/certs:${authoritiesFolder}` }),
      ...url?.env,
      ...request.pod?.env,
    },
    secretEnv: { ...url?.secretEnv, ...(isContextSecret ? { KANIKIT_CONTEXT: url?.context ?? '' } : {}) },
    secretFiles: [
      ...(build.dockerConfig === undefined
        ? []
        : [{ path: '/kaniko/.docker/config.json', content: build.dockerConfig }]),
      ...(authorities === undefined
        ? []
        : [{ path: `${authoritiesFolder}/context-ca.pem`, content: authorities }]),
    ],
    registrySecret:
      request.pod?.registrySecret === undefined
        ? undefined
        : { name: request.pod.registrySecret, folder: '/kaniko/.docker' },
    isStdinUsed: delivery === 'stdin',
    deadlineSeconds: Math.ceil(timeoutOf(build) / 1000),
    requests: request.pod?.requests,
    limits: request.pod?.limits,
    serviceAccount: request.pod?.serviceAccount,
    nodeSelector: { ...architectureOf(request.platform), ...request.pod?.nodeSelector },
    labels: { ...request.pod?.labels },
    annotations: { ...request.pod?.annotations },
    imagePullSecrets: request.pod?.imagePullSecrets ?? [],
  };
}

/** Kubernetes reads `$(NAME)` and `$$` in arguments; what users wrote must arrive as they wrote it, and must not read secrets. */
function escapeReferences(argument: string): string {
  if (argument === `--context=${contextPlaceholder}`) return argument;
  return argument.replaceAll('$', '$$$$');
}

/** `RUN` needs a node of the image's architecture: Kaniko does not emulate. */
function architectureOf(platform: string | undefined): Record<string, string> {
  if (platform === undefined) return {};
  const parts = platform.split('/');
  // `amd64` alone is short for `linux/amd64`: Kaniko builds no other images.
  const [os, architecture] = parts.length === 1 ? ['linux', platform] : parts;
  if (os === undefined || architecture === undefined) return {};
  return { 'kubernetes.io/os': os, 'kubernetes.io/arch': architecture };
}
