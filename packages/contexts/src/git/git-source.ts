import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ContextRequest,
  type ContextSource,
  type ContextWarning,
  KanikitError,
  type PreparedContext,
  type RemoteContext,
  type RunContext,
} from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { remoteDockerfile } from '../web/remote-dockerfile.ts';
import { type ClientClones, createClientClones } from './client-clones.ts';
import { executorDelivery } from './executor-delivery.ts';
import { executorObstacle, type GitWish } from './executor-obstacles.ts';
import { credentialsFromSecret, findGitCredentials, type GitCredentials } from './git-credentials.ts';
import {
  describeRepository,
  isGitReference,
  mayBeDirectory,
  parseGitReference,
  requireRefName,
} from './git-reference.ts';
import { lookAsExecutor, type Sight } from './look-as-executor.ts';

/** How Git servers are reached. */
export interface GitAccessOptions {
  /** PEM certificates to trust besides the system's, on this machine and in the executor. */
  readonly certificateAuthorities?: string | undefined;
  /** Longest time that a clone on this machine may take, in milliseconds. @default 600,000 (ten minutes) */
  readonly cloneTimeoutMs?: number | undefined;
}

/**
 * Git repositories: cloned by the executor where it does that rightly, else on this machine with its `git`.
 *
 * @example
 * const context = await createGitSource().open({ ...request, reference: 'https://example.com/team/app.git#v1' }, run);
 */
export function createGitSource(options: GitAccessOptions = {}): ContextSource {
  const clones = createClientClones();
  return {
    specVersion: 1,
    kind: 'git',
    accepts: isGitReference,
    open: async (request, run) => await openGit(request, options, clones, run),
  };
}

async function openGit(
  request: ContextRequest,
  options: GitAccessOptions,
  clones: ClientClones,
  run: RunContext,
): Promise<PreparedContext> {
  run.signal.throwIfAborted();
  await refuseDirectory(request);
  const env = request.env ?? process.env;
  const wish = wishOf(request, env);
  const credentials = findGitCredentials(wish, env);
  const access = { url: wish.url, credentials, certificateAuthorities: options.certificateAuthorities, env };
  const clone = async (): Promise<PreparedContext> =>
    await clones.open({ wish, access, limitMs: options.cloneTimeoutMs }, request, run);
  if (request.fetch === 'client') return await clone();

  const isInsisted = request.fetch === 'executor';
  const obstacle = executorObstacle(wish, request.executor, isInsisted);
  if (obstacle !== undefined) {
    if (isInsisted) throw refused(wish.url, obstacle);
    return await clone();
  }
  const sight = await lookAsExecutor(wish, access, request.git?.secret !== undefined, run);
  if (sight.type === 'out-of-reach') {
    if (!isInsisted) return await clone();
    return await remoteContext(request, wish, credentials, options, { ...sight, type: 'unseen' }, run);
  }
  return await remoteContext(request, wish, credentials, options, sight, run);
}

/** Building what is on GitHub in place of the directory that somebody meant, or the other way round, would be found out late. */
async function refuseDirectory({ reference, workingDirectory }: ContextRequest): Promise<void> {
  if (!mayBeDirectory(reference)) return;
  const stats = await stat(resolve(workingDirectory, reference)).catch(() => undefined);
  if (stats === undefined) return;
  throw new KanikitError({
    code: 'git-reference-invalid',
    message: `Opening the build context ${JSON.stringify(reference)}: it is a repository on GitHub, and there is a directory of that name.`,
    hint: 'Write ./ in front for the directory, or https:// in front and .git behind for the repository.',
  });
}

function wishOf(request: ContextRequest, env: Readonly<Record<string, string | undefined>>): GitWish {
  const method = env['GIT_PULL_METHOD'] === 'http' ? 'http' : 'https';
  const reference = parseGitReference(request.reference, method);
  const { ref, depth, submodules } = request.git ?? {};
  if (depth !== undefined && (!Number.isSafeInteger(depth) || depth < 1)) {
    throw new KanikitError({
      code: 'git-reference-invalid',
      message: `Reading the Git settings of the build context: a depth of ${depth} is no number of commits.`,
      hint: 'Give a whole number from 1 on, or leave it out.',
    });
  }
  const folders = [reference.subPath, request.contextSubPath].filter(
    (part) => part !== undefined && part !== '',
  );
  return {
    ...reference,
    ref: reference.ref ?? (ref === undefined ? undefined : requireRefName(ref)),
    subPath: folders.length === 0 ? undefined : folders.join('/'),
    depth,
    hasSubmodules: submodules ?? reference.submodules === true,
  };
}

async function remoteContext(
  request: ContextRequest,
  wish: GitWish,
  credentials: GitCredentials | undefined,
  options: GitAccessOptions,
  sight: Exclude<Sight, { readonly type: 'out-of-reach' }>,
  run: RunContext,
): Promise<RemoteContext> {
  const secret = request.git?.secret;
  const isFromSecret = secret !== undefined && wish.credentials === undefined;
  return {
    kind: 'remote',
    ...(await remoteDockerfile(request, run)),
    contextSubPath: wish.subPath,
    warnings:
      sight.type === 'seen' || sight.reason === undefined ? [] : [unseenWarning(wish.url, sight.reason)],
    delivery: executorDelivery(wish, sight.type === 'seen' ? sight.found : undefined, {
      secretEnv: isFromSecret ? {} : (credentials?.secretEnv ?? {}),
      ...(isFromSecret && { envFromSecrets: credentialsFromSecret(secret) }),
      ...(wish.transport === 'https' && { certificateAuthorities: options.certificateAuthorities }),
    }),
  };
}

function unseenWarning(url: string, reason: string): ContextWarning {
  return {
    code: 'git-unseen',
    message: asSentence(`The executor clones ${describeRepository(url)} without a look from here: ${reason}`),
    hint: 'Whether the repository and its branch are there, and may be read, shows when the build starts.',
  };
}

function refused(url: string, obstacle: string): KanikitError {
  return new KanikitError({
    code: 'context-fetch-unsupported',
    message: asSentence(
      `Opening the build context ${describeRepository(url)}: the executor was to clone it, and ${obstacle}`,
    ),
    hint: 'Leave it to kanikit who clones (auto), or clone on this machine (client).',
  });
}
