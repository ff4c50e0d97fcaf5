import {
  type ContextRequest,
  type ContextSource,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { openArchiveContext } from '../tar/archive-context.ts';
import { isHttpsReference } from './is-https-reference.ts';
import { describeUrl } from '../web/describe-url.ts';
import { type FetchedArchive, probeArchive } from './probe-archive.ts';
import { readArchiveAt } from './read-archive-at.ts';
import { remoteDockerfile } from '../web/remote-dockerfile.ts';

export interface HttpsSourceOptions {
  /** PEM certificates to trust besides the system's, on this machine and in the executor. */
  readonly certificateAuthorities?: string | undefined;
  /** Sent with every request to the host of the reference, such as `Authorization`. The executor can't send any, so this machine fetches then. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A tar at a web address: fetched by the executor where it can unpack what it gets, else by this machine and sent on.
 *
 * @example
 * await createHttpsSource().open({ ...request, reference: 'https://example.com/context.tar.gz' }, run);
 */
export function createHttpsSource(options: HttpsSourceOptions = {}): ContextSource {
  return {
    specVersion: 1,
    kind: 'https',
    accepts: isHttpsReference,
    open: async (request, run) => await openUrl(request, options, run),
  };
}

async function openUrl(
  request: ContextRequest,
  options: HttpsSourceOptions,
  run: RunContext,
): Promise<PreparedContext> {
  run.signal.throwIfAborted();
  const url = URL.parse(request.reference);
  if (url === null) throw malformed();
  const access = { ...options, env: request.env };
  const obstacle = obstacleOf(url, request, options);
  const isInsisted = request.fetch === 'executor';
  if (isInsisted && obstacle !== undefined) throw refused(url, obstacle);
  const isForExecutor = request.fetch !== 'client' && obstacle === undefined;

  const found = await probeArchive(url, access, isForExecutor, run);
  const isGzip = found.type === 'unseen' || found.format === 'gzip';
  if (isForExecutor && isGzip) return await remoteContext(url, request, options, found, run);
  if (isInsisted) throw refused(url, 'it unpacks gzip only, which this is not for a client like it');
  const archive = {
    name: describeUrl(url),
    read: () => readArchiveAt(url, access, found.tag, run),
    isAtHand: false,
    shareKey: found.tag === undefined ? undefined : `${url.href} ${found.tag}`,
  };
  return await openArchiveContext(archive, request, run);
}

/** Why the executor can't be the one who fetches, whatever is there. */
function obstacleOf(
  url: URL,
  { executor, contextSubPath }: ContextRequest,
  options: HttpsSourceOptions,
): string | undefined {
  if (url.protocol === 'http:') return 'it fetches over https only';
  if (Object.keys(options.headers ?? {}).length > 0) return 'it can not send the headers that are set';
  if (executor?.kinds.includes('https') === false) return `${executor.executor} fetches nothing over https`;
  const hasSubPath = contextSubPath !== undefined && contextSubPath !== '';
  if (hasSubPath && executor?.hasSubPath === false)
    return `${executor.executor} knows no folder of the context`;
  return undefined;
}

async function remoteContext(
  url: URL,
  request: ContextRequest,
  { certificateAuthorities }: HttpsSourceOptions,
  found: FetchedArchive,
  run: RunContext,
): Promise<PreparedContext> {
  return {
    kind: 'remote',
    ...(await remoteDockerfile(request, run)),
    warnings: found.type === 'unseen' ? [found.warning] : [],
    delivery: {
      // As it was written, since a signature may stand for every letter; the executor knows its schemes in lower case only. It would print the
      // fragment, which no server gets.
      context: `https${request.reference.slice('https'.length).replace(/#.*$/s, '')}`,
      isSecret: url.username !== '' || url.password !== '' || url.search !== '',
      args: [],
      env: {},
      secretEnv: {},
      certificateAuthorities,
    },
  };
}

function malformed(): KanikitError {
  return new KanikitError({
    code: 'context-url-invalid',
    message: 'Opening the build context: its URL is malformed.',
    hint: 'Write https://host/path/context.tar.gz.',
  });
}

function refused(url: URL, obstacle: string): KanikitError {
  return new KanikitError({
    code: 'context-fetch-unsupported',
    message: asSentence(
      `Opening the build context ${describeUrl(url)}: the executor was to fetch it, and ${obstacle}`,
    ),
    hint: 'Leave it to kanikit who fetches (auto), or fetch on this machine (client).',
  });
}
