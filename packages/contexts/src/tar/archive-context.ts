import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { type ArchiveContext, type ContextRequest, KanikitError, type RunContext } from '@kanikit/spec';
import { quotePath } from '../archive/context-errors.ts';
import { findOnMachine, remoteDockerfile } from '../https/remote-dockerfile.ts';
import { listArchive } from '../listing/list-archive.ts';
import { normalEntryPath } from './file-catcher.ts';
import { type ArchiveTotals, findInArchive } from './find-in-archive.ts';
import type { ArchiveInput } from './read-entries.ts';
import { createStreamArchive } from './stream-archive.ts';

/** A tar that the client has, or fetches, to send it. */
export interface ArchiveToSend extends ArchiveInput {
  /** True where reading costs little and can be repeated: the archive is then looked into before anything starts. */
  readonly isAtHand: boolean;
  /** Equal keys mean equal bytes; undefined where that can't be told. */
  readonly shareKey: string | undefined;
}

/**
 * The context of a tar that goes through the client. Its Dockerfile may be inside, on this machine, on standard input or at a URL.
 *
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`, `context-archive-unsupported`, `context-unreadable`
 */
export async function openArchiveContext(
  archive: ArchiveToSend,
  request: ContextRequest,
  run: RunContext,
): Promise<ArchiveContext> {
  const subPath = normalEntryPath(request.contextSubPath ?? '');
  const { dockerfile, totals } = await findDockerfile(archive, request, subPath, run);
  const contents = typeof dockerfile === 'string' ? undefined : dockerfile;
  // Others that share the archive pass their Dockerfile on as text.
  const canShare = archive.shareKey !== undefined && contents !== undefined && isUtf8(contents);
  return {
    kind: 'archive',
    shareKey: canShare ? `${archive.shareKey} ${subPath}` : undefined,
    isDockerfileApart: false,
    contextSubPath: subPath === '' ? undefined : subPath,
    dockerfileText: contents?.toString('utf8'),
    warnings: [],
    pack({ sharedWith = [], ...options }, packRun) {
      const others = sharedWith.map((context) => Buffer.from(context.dockerfileText ?? ''));
      return createStreamArchive(
        { ...archive, subPath, totals, dockerfiles: [dockerfile, ...others] },
        options,
        packRun,
      );
    },
    ...(archive.isAtHand && { list: (_options, listRun) => listArchive(archive, subPath, listRun) }),
  };
}

interface FoundDockerfile {
  /** Where it is inside of the archive, for one that can't be looked into; else what is in it. */
  readonly dockerfile: string | Buffer;
  readonly totals?: ArchiveTotals;
}

async function findDockerfile(
  archive: ArchiveToSend,
  request: ContextRequest,
  subPath: string,
  run: RunContext,
): Promise<FoundDockerfile> {
  const written = request.dockerfile ?? 'Dockerfile';
  const isElsewhere = written === '-' || posix.isAbsolute(written) || /^https?:\/\//i.test(written);
  if (isElsewhere || !archive.isAtHand) {
    const { dockerfile, dockerfileContents } = await remoteDockerfile(request, run);
    return { dockerfile: dockerfileContents === undefined ? dockerfile : Buffer.from(dockerfileContents) };
  }
  const { contents, totals } = await findInArchive(archive, posix.join(subPath, written), run);
  if (contents !== undefined) return { dockerfile: contents, totals };
  const path = await findOnMachine(`./${written}`, request.workingDirectory);
  if (path !== undefined) return { dockerfile: await readFile(path, { signal: run.signal }), totals };
  throw new KanikitError({
    code: 'dockerfile-missing',
    message: `looking for the Dockerfile: there is no ${quotePath(posix.join(subPath, written))} in ${archive.name}, nor in ${quotePath(request.workingDirectory)}`,
    hint: 'Name it with --file: a path inside of the archive or on this machine, a URL, or - for standard input.',
  });
}
