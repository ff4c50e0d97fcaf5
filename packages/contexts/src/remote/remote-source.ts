import { type ContextRequest, type ContextSource, KanikitError, type RemoteContext } from '@kanikit/spec';

/** What the executor fetches or finds by itself. */
const executorSchemes = new Set(['git', 's3', 'gs', 'https', 'dir', 'tar']);

/** References that the executor understands, handed over as they are. */
export function createRemoteSource(): ContextSource {
  return {
    specVersion: 1,
    kind: 'remote',
    accepts: (reference) => schemeOf(reference) !== undefined,
    // oxlint-disable-next-line typescript/require-await -- the contract is asynchronous
    open: async (request, run) => {
      run.signal.throwIfAborted();
      return openRemote(request);
    },
  };
}

function openRemote({ reference, dockerfile = 'Dockerfile' }: ContextRequest): RemoteContext {
  const scheme = schemeOf(reference) ?? '';
  if (!executorSchemes.has(scheme)) throw unsupported(scheme);
  if (reference === 'tar://stdin') throw stdinByReference();
  if (dockerfile === '-') throw dockerfileOnStdin();
  return {
    kind: 'remote',
    dockerfile,
    dockerfileText: undefined,
    warnings: [],
    delivery: {
      context: reference,
      isSecret: grantsAccess(scheme, reference),
      args: [],
      env: {},
      secretEnv: {},
    },
  };
}

function schemeOf(reference: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(reference)?.[1]?.toLowerCase();
}

/** User, password or token in a Git or web address; the signature of a signed URL. */
function grantsAccess(scheme: string, reference: string): boolean {
  const authority = reference.slice(scheme.length + '://'.length).split(/[/?#]/, 1)[0]!;
  return authority.includes('@') || (scheme === 'https' && reference.includes('?'));
}

function unsupported(scheme: string): KanikitError {
  return new KanikitError({
    code: 'context-scheme-unsupported',
    message: `opening the build context: the executor can't fetch ${scheme}://`,
    hint: 'It can fetch git://, s3://, gs:// and https://; a directory or a tar file of this machine works as well.',
  });
}

function stdinByReference(): KanikitError {
  return new KanikitError({
    code: 'context-scheme-unsupported',
    message: "opening the build context: tar://stdin is the executor's own name for its input",
    hint: 'Use - to send a tar from standard input.',
  });
}

function dockerfileOnStdin(): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unsupported',
    message:
      'opening the build context: the executor fetches it by itself, so a Dockerfile from standard input has no way into it',
    hint: 'Name a Dockerfile inside the context, or build from a local directory.',
  });
}
