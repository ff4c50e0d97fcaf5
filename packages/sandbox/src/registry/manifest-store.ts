import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { ifExists, writeFileAtomic } from './atomic-file.ts';
import { formatDigest, parseDigest, type Digest } from './digest.ts';
import type { RegistryFiles } from './registry-files.ts';

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * Keeps a manifest. Its media type is the first line of its file, so that both are written in one atomic step.
 * When the manifest was there before, its media type is replaced.
 */
export async function putManifest(
  files: RegistryFiles,
  repository: string,
  manifest: StoredManifest,
): Promise<void> {
  const content = Buffer.concat([Buffer.from(`${manifest.mediaType}\n`), manifest.bytes]);
  await writeFileAtomic(files.manifest(repository, manifest.digest), files.temporary, content);
}

export async function getManifest(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
): Promise<StoredManifest | undefined> {
  const content = await ifExists(readFile(files.manifest(repository, digest)));
  if (content === undefined) return undefined;
  const end = content.indexOf(0x0a);
  return { digest, mediaType: content.toString('utf8', 0, end), bytes: content.subarray(end + 1) };
}

export async function hasManifest(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
): Promise<boolean> {
  return (await ifExists(stat(files.manifest(repository, digest)))) !== undefined;
}

export async function putTag(
  files: RegistryFiles,
  repository: string,
  tag: string,
  digest: Digest,
): Promise<void> {
  await writeFileAtomic(files.tag(repository, tag), files.temporary, formatDigest(digest));
}

export async function getTag(
  files: RegistryFiles,
  repository: string,
  tag: string,
): Promise<Digest | undefined> {
  const text = await ifExists(readFile(files.tag(repository, tag), 'utf8'));
  return text === undefined ? undefined : parseDigest(text);
}

/** False when the tag was not there. */
export async function removeTag(files: RegistryFiles, repository: string, tag: string): Promise<boolean> {
  return (await ifExists(rm(files.tag(repository, tag)).then(() => true))) ?? false;
}

/** Tags in the byte order that the spec's `last` parameter counts in. */
export async function listTags(files: RegistryFiles, repository: string): Promise<string[]> {
  return ((await ifExists(readdir(files.tags(repository)))) ?? []).toSorted();
}

/** Removes a manifest, every tag on it and its entry as a referrer. False when it was not there. */
export async function removeManifest(
  files: RegistryFiles,
  repository: string,
  digest: Digest,
  subject: Digest | undefined,
): Promise<boolean> {
  for (const tag of await listTags(files, repository)) {
    const target = await getTag(files, repository, tag);
    if (target !== undefined && formatDigest(target) === formatDigest(digest))
      await removeTag(files, repository, tag);
  }
  if (subject !== undefined) await rm(referrerFile(files, repository, subject, digest), { force: true });
  return (await ifExists(rm(files.manifest(repository, digest)).then(() => true))) ?? false;
}

/** Notes that a manifest refers to `subject`; `descriptor` is what the referrers API lists. */
export async function putReferrer(
  files: RegistryFiles,
  repository: string,
  subject: Digest,
  digest: Digest,
  descriptor: Readonly<Record<string, unknown>>,
): Promise<void> {
  const file = referrerFile(files, repository, subject, digest);
  await writeFileAtomic(file, files.temporary, JSON.stringify(descriptor));
}

/** Descriptors of the manifests that refer to `subject` and are there, in a stable order. */
export async function listReferrers(
  files: RegistryFiles,
  repository: string,
  subject: Digest,
): Promise<Record<string, unknown>[]> {
  const folder = files.referrers(repository, subject);
  const found: Record<string, unknown>[] = [];
  for (const name of ((await ifExists(readdir(folder))) ?? []).toSorted()) {
    const digest = parseDigest(name.replace('-', ':'));
    // Entries are written before their manifest: a kill in between leaves one without.
    if (digest === undefined || !(await hasManifest(files, repository, digest))) continue;
    const text = await ifExists(readFile(join(folder, name), 'utf8'));
    if (text !== undefined) found.push(JSON.parse(text) as Record<string, unknown>);
  }
  return found;
}

function referrerFile(files: RegistryFiles, repository: string, subject: Digest, digest: Digest): string {
  return join(files.referrers(repository, subject), `${digest.algorithm}-${digest.hex}`);
}
