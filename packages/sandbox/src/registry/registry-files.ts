import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Digest } from './digest.ts';

/**
 * Where the registry keeps things below its folder.
 *
 * Blob bytes are stored once in `blobs/` and hard-linked into each repository that has them, so a blob's space is freed
 * with its last repository and a cross-repository mount copies nothing. Names starting with `_` can't be repository names.
 */
export interface RegistryFiles {
  readonly temporary: string;
  readonly uploads: string;
  readonly repositories: string;
  blob(digest: Digest): string;
  repository(name: string): string;
  repositoryBlob(name: string, digest: Digest): string;
  manifest(name: string, digest: Digest): string;
  manifests(name: string): string;
  tags(name: string): string;
  tag(name: string, tag: string): string;
  referrers(name: string, subject: Digest): string;
}

export function registryFiles(folder: string): RegistryFiles {
  const repositories = join(folder, 'repositories');
  const repository = (name: string): string => join(repositories, name);
  return {
    temporary: join(folder, 'temporary'),
    uploads: join(folder, 'uploads'),
    repositories,
    blob: (digest) => join(folder, 'blobs', digest.algorithm, digest.hex),
    repository,
    repositoryBlob: (name, digest) => join(repository(name), '_blobs', digest.algorithm, digest.hex),
    manifest: (name, digest) => join(repository(name), '_manifests', digest.algorithm, digest.hex),
    manifests: (name) => join(repository(name), '_manifests'),
    tags: (name) => join(repository(name), '_tags'),
    tag: (name, tag) => join(repository(name), '_tags', tag),
    referrers: (name, subject) => join(repository(name), '_referrers', subject.algorithm, subject.hex),
  };
}

/** Makes the folders and throws away what a killed process left half written. */
export async function prepareRegistryFolder(files: RegistryFiles): Promise<void> {
  for (const folder of [files.temporary, files.uploads]) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await mkdir(files.repositories, { recursive: true, mode: 0o700 });
}
