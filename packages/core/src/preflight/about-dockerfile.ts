import {
  type CacheUse,
  type DockerfileLint,
  lintBuildArguments,
  lintFetchedContext,
  lintForExecutor,
  lintPodVariables,
  type ResolvedExecutor,
  type ResolvedFeatures,
} from '@kanikit/kaniko';
import type { BuildRequest, NoticeEvent, PreparedContext } from '@kanikit/spec';

/** What of a build the warnings about it are found in. */
export interface BuildSetup {
  readonly request: BuildRequest;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly context: PreparedContext;
  readonly executor: ResolvedExecutor;
  readonly features: ResolvedFeatures;
  readonly cache: CacheUse;
}

/** What to tell about a build before it starts: what its context, its Dockerfile and its arguments lead to with this executor. */
export function noticesOf(setup: BuildSetup): Omit<NoticeEvent, 'type'>[] {
  const { request, buildArgs, context, executor, features, cache } = setup;
  const text = context.dockerfileText;
  const options = { buildArgs, target: request.target, cache, features: features.set };
  const findings = [
    ...context.warnings,
    ...(text === undefined ? [] : lintForExecutor(text, executor, options).map(withLine)),
    ...(context.kind === 'remote' ? lintFetchedContext(text, executor, cache, features.set) : []),
    ...lintBuildArguments(Object.keys(buildArgs), executor),
    ...lintPodVariables(request.pod?.env ?? {}),
    ...features.notices,
  ];
  return findings.map(({ code, message, hint }) => ({ level: 'warning', code, message, hint }));
}

/** Several findings can have the same words. */
function withLine({ message, line, ...lint }: DockerfileLint): Omit<DockerfileLint, 'line'> {
  return { ...lint, message: message.replace(/\.$/, ` (line ${line} of the Dockerfile).`) };
}
