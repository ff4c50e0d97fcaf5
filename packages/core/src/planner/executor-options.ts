import { type ExecutorOptions, preferredLogFormat, supportsFlag } from '@kanikit/kaniko';
import type { PreparedBuild } from '../model/prepared-build.ts';

/** Where the executor writes the digest: Kubernetes hands it over as the termination message (reference: `--digest-file`). */
const digestFile = '/dev/termination-log';

/** What the executor is told for this build. */
export function executorOptions(
  { request, context, executor, secrets }: PreparedBuild,
  delivery: {
    readonly context: string;
    readonly dockerfile: string;
    readonly contextArgs: readonly string[];
    readonly insecureRegistries: readonly string[];
    readonly ignoredPaths: readonly string[];
  },
): ExecutorOptions {
  return {
    context: delivery.context,
    // Of a directory the client packs the folder itself; a tar travels whole, and says so.
    contextSubPath:
      context.contextSubPath ?? (context.kind === 'remote' ? request.contextSubPath : undefined),
    dockerfile: delivery.dockerfile,
    destinations: request.destinations,
    noPush: request.push === false,
    buildArgs: request.buildArgs,
    labels: request.labels,
    annotations: request.annotations,
    imageFormat: request.imageFormat,
    compression: request.compression,
    pushRetries: request.pushRetries,
    imageDownloadRetries: request.imageDownloadRetries,
    secrets: secrets.mounts,
    ignoredPaths: supportsFlag(executor, 'ignore-path') ? delivery.ignoredPaths : [],
    target: request.target,
    platform: request.platform,
    cache: request.cache,
    insecureRegistries: [...new Set([...delivery.insecureRegistries, ...(request.insecureRegistries ?? [])])],
    digestFile: supportsFlag(executor, 'digest-file') ? digestFile : undefined,
    logFormat: preferredLogFormat(executor),
    // The pod is a container of our own making, so the executor need not find proof of it (it fails on some runtimes).
    force: true,
    extraArguments: [...delivery.contextArgs, ...(request.executorArgs ?? [])],
  };
}
