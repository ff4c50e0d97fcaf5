import {
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type RemoteContext,
  type RunContext,
} from '@kanikit/spec';
import { remoteDockerfile } from '../web/remote-dockerfile.ts';
import { schemeOf } from '../web/scheme-of.ts';
import { isExecutorPath } from './is-executor-path.ts';

/**
 * `dir://` and `tar://` name what is in the executor's own file system, such as a mounted volume, and are handed over as they are. Every other
 * scheme that no source before this one took is refused.
 */
export function createExecutorPathSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'executor-path',
    accepts: isExecutorPath,
    open: async (request, run) => await openPath(request, run),
  };
}

async function openPath(request: ContextRequest, run: RunContext): Promise<RemoteContext> {
  run.signal.throwIfAborted();
  const { reference } = request;
  const scheme = schemeOf(reference) ?? '';
  if (scheme !== 'dir' && scheme !== 'tar') throw unsupported(scheme);
  if (reference.startsWith('tar://stdin')) throw stdinByReference();
  if (request.fetch === 'client') throw notHere(scheme);
  return {
    kind: 'remote',
    ...(await findDockerfile(request, run)),
    warnings: [],
    // The executor knows its schemes in lower case only.
    delivery: {
      context: scheme + reference.slice(scheme.length),
      isSecret: false,
      args: [],
      env: {},
      secretEnv: {},
    },
  };
}

/** Here an absolute path is one of the executor, too. */
async function findDockerfile(
  request: ContextRequest,
  run: RunContext,
): Promise<Pick<RemoteContext, 'dockerfile' | 'dockerfileContents' | 'dockerfileText'>> {
  const { dockerfile } = request;
  if (dockerfile?.startsWith('/') === true) return { dockerfile, dockerfileText: undefined };
  return await remoteDockerfile(request, run);
}

function unsupported(scheme: string): KanikitError {
  return new KanikitError({
    code: 'context-scheme-unsupported',
    message: `Opening the build context: the executor can't fetch from ${scheme}:// addresses.`,
    hint: 'It can fetch git://, s3://, gs:// and https://; a directory or a tar file of this machine works as well.',
  });
}

function stdinByReference(): KanikitError {
  return new KanikitError({
    code: 'context-scheme-unsupported',
    message: "Opening the build context: tar://stdin is the executor's own name for its input.",
    hint: 'Use - to send a tar from standard input.',
  });
}

function notHere(scheme: string): KanikitError {
  return new KanikitError({
    code: 'context-fetch-unsupported',
    message: `Opening the build context: ${scheme}:// names a path in the executor's pod, which this machine can't fetch.`,
    hint: 'Name a directory or a tar file of this machine without a scheme, or leave the fetching to the executor.',
  });
}
