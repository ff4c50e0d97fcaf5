import { contextSupport, type ResolvedExecutor } from '@kanikit/kaniko';
import { KanikitError, type PreparedContext, type BuildRequest, type RunContext } from '@kanikit/spec';
import { lifetimeMarginMs } from '../delivery/upload-group.ts';
import type { ClientEnvironment } from '../model/environment.ts';
import { timeoutOf } from '../planner/plan-pod.ts';
import { shownContext } from '../planner/shown-context.ts';

/**
 * Opens the context with the first source that accepts its reference.
 *
 * @throws KanikitError `context-unknown` when no source does, and whatever the source throws
 */
export async function openContext(
  request: BuildRequest,
  executor: ResolvedExecutor,
  environment: ClientEnvironment,
  run: RunContext,
): Promise<PreparedContext> {
  const source = environment.sources.find((candidate) => candidate.accepts(request.context));
  if (source === undefined) {
    const kinds = environment.sources.map((candidate) => candidate.kind).join(', ');
    throw new KanikitError({
      code: 'context-unknown',
      message: `Opening the context "${shownContext(request.context)}": none of the context sources (${kinds}) takes it.`,
      hint: 'Name a directory, a tar file, or a URL such as git://host/path, s3://bucket/key, https://host/context.tar.gz.',
    });
  }
  return source.open(
    {
      reference: request.context,
      dockerfile: request.dockerfile,
      workingDirectory: environment.workingDirectory,
      contextSubPath: request.contextSubPath,
      readStdin: environment.readStdin,
      executor: contextSupport(executor),
      fetch: request.contextFetch,
      delivery: request.contextDelivery,
      git: request.git,
      lifetimeMs: timeoutOf({ request }) + lifetimeMarginMs,
      env: environment.clientEnv,
    },
    run,
  );
}
