import { posix } from 'node:path';
import { dockerfileNames, requireText, suggestNames } from '@kanikit/archive/dockerfiles';
import { quotePath } from '@kanikit/archive/errors';
import { listArchive } from '@kanikit/archive/listing';
import {
  type ArchiveInput,
  type ArchiveTotals,
  createStreamArchive,
  findInArchive,
  type DockerfilePlaces,
  normalEntryPath,
} from '@kanikit/archive/tar';
import { type ArchiveContext, type ContextRequest, KanikitError, type RunContext } from '@kanikit/spec';
import { isWebUrl } from '../web/is-web-url.ts';
import { findOnMachine, readOnMachine, remoteDockerfile } from '../web/remote-dockerfile.ts';

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
  const context: ArchiveContext = {
    kind: 'archive',
    shareKey: archive.shareKey === undefined ? undefined : `${archive.shareKey} ${subPath}`,
    isDockerfileApart: false,
    contextSubPath: subPath === '' ? undefined : subPath,
    dockerfileText: typeof dockerfile === 'string' ? undefined : dockerfile.toString('utf8'),
    warnings: [],
    pack({ sharedWith = [], ...options }, packRun) {
      const all = [context, ...sharedWith].map((one) => dockerfileOf(one));
      return createStreamArchive({ ...archive, subPath, totals, dockerfiles: all }, options, packRun);
    },
    ...(archive.isAtHand && { list: (_options, listRun) => listArchive(archive, subPath, listRun) }),
  };
  dockerfiles.set(context, dockerfile);
  return context;
}

/** Those of contexts that may share an archive: a text would not do for one that is not UTF-8, or not read yet. */
const dockerfiles = new WeakMap<ArchiveContext, string | Buffer>();

function dockerfileOf(context: ArchiveContext): string | Buffer {
  return dockerfiles.get(context) ?? Buffer.from(context.dockerfileText ?? '');
}

interface FoundDockerfile {
  /** Where it is inside of the archive, for one that can't be looked into; else what is in it. */
  readonly dockerfile: string | Buffer;
  readonly totals?: ArchiveTotals | undefined;
}

async function findDockerfile(
  archive: ArchiveToSend,
  request: ContextRequest,
  subPath: string,
  run: RunContext,
): Promise<FoundDockerfile> {
  const written = request.dockerfile ?? 'Dockerfile';
  const isElsewhere = written === '-' || posix.isAbsolute(written) || isWebUrl(written);
  if (isElsewhere || !archive.isAtHand) {
    const { dockerfile, dockerfileContents } = await remoteDockerfile(request, run);
    return { dockerfile: dockerfileContents === undefined ? dockerfile : Buffer.from(dockerfileContents) };
  }
  let near: readonly string[] = [];
  let totals: ArchiveTotals | undefined;
  let places: DockerfilePlaces | undefined;
  for (const name of dockerfileNames(written)) {
    const found = await findInArchive(archive, posix.join(subPath, name), run);
    ({ near, totals } = found);
    places ??= found.places;
    if (found.deadLink !== undefined) throw deadLink(posix.join(subPath, name), found.deadLink, archive.name);
    if (found.contents !== undefined) {
      requireText(quotePath(name), found.contents);
      return { dockerfile: found.contents, totals };
    }
    // A second look is worth it only where there is something of that name.
    if (!near.includes(posix.basename(name).toLowerCase())) break;
  }
  const path = await findOnMachine(`./${written}`, request.workingDirectory);
  if (path !== undefined) {
    const contents = await readOnMachine(path, run);
    requireText(quotePath(written), contents);
    return { dockerfile: contents, totals };
  }
  const otherwise = `${suggestNames(near, quotePath)}Name it with \`dockerfile\`: a path inside of the archive or on this machine, a URL, or - for standard input.`;
  throw new KanikitError({
    code: 'dockerfile-missing',
    message: `Looking for the Dockerfile: there is no ${quotePath(posix.join(subPath, written))} in ${archive.name}, nor in ${quotePath(request.workingDirectory)}.`,
    hint: near.length > 0 || places === undefined ? otherwise : places.hint(otherwise),
  });
}

function deadLink(path: string, target: string, archive: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: `Reading the Dockerfile ${quotePath(path)} in ${archive}: it is a link to ${quotePath(target)}, and no file is at its end.`,
    hint: 'Add the file that the link names to the archive, or name another Dockerfile with `dockerfile`.',
  });
}
