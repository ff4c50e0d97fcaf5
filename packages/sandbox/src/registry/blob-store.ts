import { link, rm, stat } from 'node:fs/promises';

import { ifExists, isErrno, withFolder } from './atomic-file.ts';
import type { Digest } from './digest.ts';
import type { RegistryFiles } from './registry-files.ts';

/**
 * Makes the finished and verified file `source` the blob `digest` of a repository, and removes `source`.
 * Every step is atomic, so a kill at any moment leaves either no blob or the whole one.
 */
export async function adoptBlob(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  source: string,
): Promise<void> {
  const shared = files.blob(digest);
  await linkUnlessThere(source, shared);
  await linkBlob(files, repository, digest, [shared, source]);
  await rm(source, { force: true });
}

/** Gives `repository` a blob that `from`, or any repository where `from` is undefined, has; false when there is none. */
export async function mountBlob(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  from: string | undefined,
): Promise<boolean> {
  const source = from === undefined ? files.blob(digest) : files.repositoryBlob(from, digest);
  return await linkBlob(files, repository, digest, [source]);
}

/** Takes the blob from the repository; its space is freed when no other repository has it. False when it was not there. */
export async function removeBlob(files: RegistryFiles, repository: string, digest: Digest): Promise<boolean> {
  const own = files.repositoryBlob(repository, digest);
  if ((await ifExists(stat(own))) === undefined) return false;
  await rm(own, { force: true });
  const shared = files.blob(digest);
  const left = await ifExists(stat(shared));
  if (left?.nlink === 1) await rm(shared, { force: true });
  return true;
}

/** Size in bytes of a repository's blob; undefined when the repository does not have it. */
export async function blobSize(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
): Promise<number | undefined> {
  return (await ifExists(stat(files.repositoryBlob(repository, digest))))?.size;
}

async function linkBlob(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  sources: readonly string[],
): Promise<boolean> {
  for (const source of sources) {
    if ((await ifExists(stat(source))) === undefined) continue;
    try {
      await linkUnlessThere(source, files.repositoryBlob(repository, digest));
      return true;
    } catch (error) {
      // The last other repository gave the blob up between the two calls; the next source may still have it.
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  return false;
}

async function linkUnlessThere(source: string, target: string): Promise<void> {
  try {
    await withFolder(target, () => link(source, target));
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}
