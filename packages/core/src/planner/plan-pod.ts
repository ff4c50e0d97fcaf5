import { nodeArchitecture, parsePlatform, renderExecutorArguments } from '@kanikit/kaniko';
import type { BuildRequest, ContextDelivery, PodLaunch, PodShape } from '@kanikit/spec';
import type { PreparedBuild } from '../model/prepared-build.ts';
import { aboutBuild, podLife } from './about-build.ts';
import { executorOptions } from './executor-options.ts';
import { proxyEnvironment } from './proxy-environment.ts';

/** Default life of a build's pod. */
const defaultTimeoutMs = 60 * 60 * 1000;

/** Folder of the certificates that the context's server needs, below a path that the executor never snapshots. */
const authoritiesFolder = '/kaniko/ssl/kanikit';

/** Stands for a context URL that is a secret, so that it is in no argument list: the kubelet puts the variable's value in its place. */
const contextPlaceholder = '$(KANIKIT_CONTEXT)';

/** Where a Dockerfile lies that is not in the context: below a path that the executor never snapshots. */
const apartDockerfile = '/kaniko/kanikit/Dockerfile';

/** The same for the name of a Dockerfile in an archive that is not packed yet. */
const dockerfilePlaceholder = '$(KANIKIT_DOCKERFILE)';

/** How the executor gets its context: fetched from a URL, or streamed to its stdin. */
export interface PlannedDelivery {
  readonly source: ContextDelivery | 'stdin';
  /** Value of `--dockerfile`; of no effect for a Dockerfile that travels apart. */
  readonly dockerfile: string;
  /** Where in the bucket it lies, for people. */
  readonly location?: string | undefined;
}

/** A pod that is launched before its context is stored: what `lateValues` gives then. */
export interface AheadDelivery {
  readonly ahead: { readonly certificateAuthorities: string | undefined };
}

/** What a pod that was launched ahead waits for. */
export function lateValues(delivery: PlannedDelivery): Readonly<Record<string, string>> {
  const { source, dockerfile } = delivery;
  const isAsPlanned =
    source !== 'stdin' &&
    source.isSecret &&
    source.args.length === 0 &&
    Object.keys({ ...source.env, ...source.secretEnv, ...source.secretFiles }).length === 0;
  if (!isAsPlanned) throw new Error('the store delivers otherwise than it said before the upload');
  return { KANIKIT_CONTEXT: source.context, KANIKIT_DOCKERFILE: dockerfile };
}

/** What the run adds to a build. */
export interface PodPlan {
  readonly runId: string;
  readonly insecureRegistries: readonly string[];
  /** Paths that the executor leaves alone on this cluster. */
  readonly ignoredPaths: readonly string[];
  /** @default 1 */
  readonly attempt?: number | undefined;
  /** Longest life of the pod in milliseconds. @default the build's timeout */
  readonly deadlineMs?: number | undefined;
  /** True for a build that nobody waits for. @default false */
  readonly isDetached?: boolean | undefined;
}

/** Longest time this build may spend in pods, in milliseconds. */
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
  delivery: PlannedDelivery | AheadDelivery,
  plan: PodPlan,
): PodLaunch {
  const { request, secrets } = build;
  const isAhead = 'ahead' in delivery;
  const { source, dockerfile } = isAhead ? plannedAhead(delivery) : delivery;
  const url = source === 'stdin' ? undefined : source;
  const apart = dockerfileApart(build);
  const authorities = url?.certificateAuthorities;
  const isContextSecret = url?.isSecret ?? false;
  const proxy = proxyEnvironment(request.pod?.proxy === 'environment' ? undefined : request.pod?.proxy);
  const secretEnv = { ...url?.secretEnv, ...proxy.secretEnv };
  return {
    ...shapeOf(request.pod),
    runId: plan.runId,
    buildId: build.id,
    attempt: plan.attempt,
    name: podName(request.pod?.name ?? `kanikit-${build.id}`, plan.attempt ?? 1),
    namespace: request.pod?.namespace,
    image: build.executor.image,
    args: renderExecutorArguments(
      executorOptions(build, {
        context: url === undefined ? 'tar://stdin' : isContextSecret ? contextPlaceholder : url.context,
        dockerfile: apart === undefined ? dockerfile : apartDockerfile,
        contextArgs: url?.args ?? [],
        insecureRegistries: plan.insecureRegistries,
        ignoredPaths: plan.ignoredPaths,
      }),
      build.executor,
    ).map((argument) => escapeReferences(argument, isAhead)),
    env: {
      ...build.features.env,
      ...(authorities === undefined ? {} : { SSL_CERT_DIR: `/kaniko/ssl/certs:${authoritiesFolder}` }),
      ...url?.env,
      ...url?.envFromSecrets,
      ...proxy.env,
      ...request.pod?.env,
    },
    secretEnv: {
      // What the user says of a variable goes before what kanikit would say.
      ...Object.fromEntries(
        Object.entries(secretEnv).filter(([name]) => request.pod?.env?.[name] === undefined),
      ),
      ...(isContextSecret && !isAhead ? { KANIKIT_CONTEXT: url?.context ?? '' } : {}),
    },
    lateSecretEnv: isAhead ? ['KANIKIT_CONTEXT', 'KANIKIT_DOCKERFILE'] : [],
    secretFiles: [
      ...(build.dockerConfig === undefined
        ? []
        : [{ path: '/kaniko/.docker/config.json', content: build.dockerConfig }]),
      ...(authorities === undefined
        ? []
        : [{ path: `${authoritiesFolder}/context-ca.pem`, content: authorities }]),
      ...(apart === undefined ? [] : [{ path: apartDockerfile, content: apart }]),
      ...Object.entries(url?.secretFiles ?? {}).map(([path, content]) => ({ path, content })),
      ...secrets.files,
    ],
    existingSecretFiles: secrets.existing,
    registrySecret:
      request.pod?.registrySecret === undefined
        ? undefined
        : { name: request.pod.registrySecret, folder: '/kaniko/.docker' },
    isStdinUsed: source === 'stdin',
    deadlineSeconds: Math.ceil((plan.deadlineMs ?? timeoutOf(build)) / 1000),
    nodeSelector: { ...architectureOf(request.platform), ...request.pod?.nodeSelector },
    labels: { ...request.pod?.labels },
    annotations: { ...request.pod?.annotations },
    about: aboutBuild(build, isAhead ? undefined : delivery.location),
    ...podLife(build, plan.isDetached ?? false),
  };
}

/** A pod name is a DNS label. */
const longestName = 63;

/** Every attempt has a pod of its own name: the one before may be there still, on a node that can't be asked. */
function podName(name: string, attempt: number): string {
  if (attempt === 1) return name;
  const suffix = `-${attempt}`;
  return `${name.slice(0, longestName - suffix.length)}${suffix}`;
}

/** What the user says of the pod and neither engine nor executor cares about. */
function shapeOf(pod: BuildRequest['pod']): PodShape {
  const {
    name: _name,
    namespace: _namespace,
    env: _env,
    proxy: _proxy,
    registrySecret: _registry,
    ...shape
  } = pod ?? {};
  return shape;
}

function plannedAhead({ ahead }: AheadDelivery): PlannedDelivery {
  const source = { context: '', isSecret: true, args: [], env: {}, secretEnv: {}, ...ahead };
  return { source, dockerfile: dockerfilePlaceholder };
}

/** The text of a Dockerfile that is not in the context. */
function dockerfileApart({ context }: PreparedBuild): string | undefined {
  if (context.kind === 'archive') return context.isDockerfileApart ? context.dockerfileText : undefined;
  const contents = context.dockerfileContents;
  return contents === undefined ? undefined : Buffer.from(contents).toString('utf8');
}

/** Kubernetes reads `$(NAME)` and `$$` in arguments; what users wrote must arrive as they wrote it, and must not read secrets. */
function escapeReferences(argument: string, isAhead: boolean): string {
  if (argument === `--context=${contextPlaceholder}`) return argument;
  if (isAhead && argument === `--dockerfile=${dockerfilePlaceholder}`) return argument;
  return argument.replaceAll('$', '$$$$');
}

/** `RUN` needs a node of the image's architecture: Kaniko does not emulate. */
function architectureOf(platform: string | undefined): Record<string, string> {
  if (platform === undefined) return {};
  const parsed = parsePlatform(platform);
  return { 'kubernetes.io/os': parsed.os, 'kubernetes.io/arch': nodeArchitecture(parsed) };
}
