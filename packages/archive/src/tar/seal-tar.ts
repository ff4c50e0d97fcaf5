import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type ArchiveSummary, KanikitError, type RunContext } from '@kanikit/spec';
import { quotePath } from '../errors/context-errors.ts';
import { createContextWeight } from '../tree/context-weight.ts';
import type { ProgressReporter } from '../output/progress.ts';
import { encodeSealFiles, sealOf } from '../dockerfiles/seal.ts';
import { contextTarball, contextTarballWarning } from '../dockerfiles/context-tarball.ts';
import { dockerfileNames } from '../dockerfiles/dockerfile-names.ts';
import { requireText } from '../dockerfiles/require-text.ts';
import type { ArchiveTotals } from './find-in-archive.ts';
import { createDockerfilePlaces, type DockerfilePlaces } from './dockerfile-places.ts';
import { normalEntryPath } from './entry-path.ts';
import { createFileCatcher } from './file-catcher.ts';
import { createLinkCircles } from './link-circles.ts';
import { type ArchiveInput, readEntries } from './read-entries.ts';
import { createTarSeal, sealedNames } from './tar-seal.ts';

/** A tar that is to become a context's archive. */
export interface TarToSeal extends ArchiveInput {
  /** Where each Dockerfile is inside of the context, or what is in it. Those after the first are of builds that share the archive. */
  readonly dockerfiles: readonly (string | Uint8Array)[];
  /** Folder inside of the archive that is the context; '' for its top. */
  readonly subPath: string;
  readonly totals?: ArchiveTotals | undefined;
}

/** What the archive's summary says, its size aside. The digest is of entries and Dockerfiles: neither compression nor padding matter. */
export type SealedTar = Omit<ArchiveSummary, 'sizeBytes'>;

/**
 * A tar's blocks and its Dockerfiles once more under their sealed names, without the zeros of its end.
 *
 * @param seal stands for the digest in the names
 * @throws KanikitError `dockerfile-missing`, `dockerfile-unreadable`, and those of `readEntries`
 */
export async function* sealTar(
  tar: TarToSeal,
  seal: string | undefined,
  progress: ProgressReporter,
  run: RunContext,
): AsyncGenerator<Buffer, SealedTar> {
  const hash = createHash('sha256');
  const catchers = tar.dockerfiles.map((file) =>
    typeof file === 'string'
      ? dockerfileNames(file).map((name) => createFileCatcher(posix.join(tar.subPath, name)))
      : [],
  );
  const places = tar.dockerfiles.map((file) =>
    createDockerfilePlaces(posix.join(tar.subPath, typeof file === 'string' ? file : '')),
  );
  const circles = createLinkCircles();
  const weight = createContextWeight(leaveOut);
  let hasTarball = false;
  if (tar.totals !== undefined) progress.setTotals(tar.totals.files, tar.totals.bytes);
  const blocks = readEntries(
    tar,
    (entry) => {
      const path = normalEntryPath(entry.path);
      const { sizeBytes } = entry;
      if (entry.type !== 'Directory') {
        progress.addFile(0);
        weight.add({ kind: 'file', path, sizeBytes });
      }
      circles.see(entry);
      for (const place of places) place.see(entry);
      hasTarball ||= path === contextTarball;
      const sinks = catchers.flat().map((catcher) => catcher.offer(entry));
      return (piece) => {
        progress.addBytes(piece.length);
        for (const sink of sinks) sink?.(piece);
      };
    },
    run,
  );
  for await (const piece of blocks) {
    hash.update(piece);
    yield piece;
  }
  circles.check();
  const dockerfiles = tar.dockerfiles.map((file, index) => {
    if (typeof file !== 'string') return file;
    const found = catchers[index]!.find((catcher) => catcher.contents())?.contents();
    if (found !== undefined) return found;
    const target = catchers[index]!.map((catcher) => catcher.linkTarget()).find((one) => one !== undefined);
    throw target === undefined ? missing(tar, file, places[index]!) : linked(tar, file, target);
  });
  for (const [index, contents] of dockerfiles.entries()) {
    const file = tar.dockerfiles[index];
    if (typeof file === 'string') requireText(quotePath(file), contents);
  }
  for (const file of dockerfiles) hash.update(`\0${file.length}\0`).update(file);
  const digest = hash.update(`\0${tar.subPath}`).digest();
  const names = sealedNames(dockerfiles.length, seal ?? sealOf(digest));
  const hidden = hasTarball || tar.subPath !== '' ? [] : [contextTarball];
  yield encodeSealFiles(createTarSeal(names, dockerfiles, tar.subPath, hidden));
  return {
    digest: `sha256:${digest.toString('hex')}`,
    dockerfiles: names,
    warnings: [...(hasTarball ? [contextTarballWarning] : []), ...weight.warnings()],
  };
}

/** Ignore rules are not for what is in a tar. */
function leaveOut(folder: string): string {
  return `Leave ${folder} out of the archive if the build does not need it.`;
}

function missing({ name }: TarToSeal, path: string, places: DockerfilePlaces): KanikitError {
  return new KanikitError({
    code: 'dockerfile-missing',
    message: `Looking for the Dockerfile: there is no file ${quotePath(path)} in ${name}.`,
    hint: places.hint('Name it with `dockerfile` by its path inside of the archive.'),
  });
}

function linked({ name }: TarToSeal, path: string, target: string): KanikitError {
  return new KanikitError({
    code: 'dockerfile-unreadable',
    message: `Reading the Dockerfile ${quotePath(path)} in ${name}: it is a link to ${quotePath(target)}, and links can't be followed in an archive that streams.`,
    hint: `Name the file itself with \`dockerfile\`, or build from a file instead of a stream.`,
  });
}
