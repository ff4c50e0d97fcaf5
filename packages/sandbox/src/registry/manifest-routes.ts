import type { IncomingMessage, ServerResponse } from 'node:http';

import { blobSize } from './blob-store.ts';
import { digestOf, formatDigest } from './digest.ts';
import { parseManifest, type ManifestDocument } from './manifest-document.ts';
import {
  getManifest,
  getTag,
  hasManifest,
  putManifest,
  putReferrer,
  putTag,
  removeManifest,
  removeTag,
  type StoredManifest,
} from './manifest-store.ts';
import { readBody } from './read-body.ts';
import { RegistryError } from './registry-error.ts';
import { requireDigest } from './require-digest.ts';
import type { RegistryFiles } from './registry-files.ts';
import { isTag } from './route.ts';

/** The spec asks registries to take 4 MiB at least; other registries stop there, too. */
const maximumManifestBytes = 4 * 1024 * 1024;
/** Bound on `tag` parameters of one push; the spec asks for 10 at least. */
const maximumTagParameters = 100;

/** `GET` and `HEAD …/manifests/REFERENCE`. */
export async function sendManifest(
  files: RegistryFiles,
  repository: string,
  reference: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const manifest = await findManifest(files, repository, reference);
  const digest = formatDigest(manifest.digest);
  response.writeHead(200, {
    'Content-Type': manifest.mediaType,
    'Content-Length': manifest.bytes.length,
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
  });
  response.end(request.method === 'HEAD' ? undefined : manifest.bytes);
}

/** `PUT …/manifests/REFERENCE`, by tag or by digest (then with `tag` parameters as the draft of spec 1.2 has them). */
export async function receiveManifest(
  files: RegistryFiles,
  repository: string,
  reference: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isDigest = reference.includes(':');
  const expected = isDigest ? requireDigest(reference) : undefined;
  const tags = isDigest ? query.getAll('tag').slice(0, maximumTagParameters) : [reference];
  for (const tag of tags) requireTag(tag);

  const bytes = await readBody(request, maximumManifestBytes);
  const digest = digestOf(expected?.algorithm ?? 'sha256', bytes);
  if (expected !== undefined && expected.hex !== digest.hex) {
    throw new RegistryError({
      status: 400,
      code: 'DIGEST_INVALID',
      message: `the manifest's digest is ${formatDigest(digest)}, not ${reference}`,
    });
  }
  const document = parseManifest(bytes, request.headers['content-type']);
  await requireReferences(files, repository, document);

  if (document.subject !== undefined) {
    await putReferrer(files, repository, document.subject, digest, {
      mediaType: document.mediaType,
      digest: formatDigest(digest),
      size: bytes.length,
      ...(document.artifactType === undefined ? {} : { artifactType: document.artifactType }),
      ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
    });
  }
  await putManifest(files, repository, { digest, mediaType: document.mediaType, bytes });
  for (const tag of tags) await putTag(files, repository, tag, digest);

  response.writeHead(201, {
    Location: `/v2/${repository}/manifests/${formatDigest(digest)}`,
    'Docker-Content-Digest': formatDigest(digest),
    'Content-Length': 0,
    ...(document.subject === undefined ? {} : { 'OCI-Subject': formatDigest(document.subject) }),
    ...(isDigest && tags.length > 0 ? { 'OCI-Tag': tags } : {}),
  });
  response.end();
}

/** `DELETE …/manifests/REFERENCE`: a tag alone, or by digest the manifest with every tag on it. */
export async function deleteManifest(
  files: RegistryFiles,
  repository: string,
  reference: string,
  response: ServerResponse,
): Promise<void> {
  if (reference.includes(':')) {
    const manifest = await findManifest(files, repository, reference);
    const { subject } = parseManifest(manifest.bytes, manifest.mediaType);
    await removeManifest(files, repository, manifest.digest, subject);
  } else if (!(await removeTag(files, repository, requireTag(reference)))) {
    throw manifestUnknown(reference);
  }
  response.writeHead(202, { 'Content-Length': 0 }).end();
}

async function findManifest(
  files: RegistryFiles,
  repository: string,
  reference: string,
): Promise<StoredManifest> {
  const digest = reference.includes(':')
    ? requireDigest(reference)
    : await getTag(files, repository, requireTag(reference));
  const manifest = digest === undefined ? undefined : await getManifest(files, repository, digest);
  if (manifest === undefined) throw manifestUnknown(reference);
  return manifest;
}

/** What a manifest names must be in the repository already, so that nobody can pull a tag with holes. */
async function requireReferences(
  files: RegistryFiles,
  repository: string,
  document: ManifestDocument,
): Promise<void> {
  for (const digest of document.references) {
    const isThere = document.isIndex
      ? await hasManifest(files, repository, digest)
      : (await blobSize(files, repository, digest)) !== undefined;
    if (isThere) continue;
    throw new RegistryError({
      status: 400,
      code: 'MANIFEST_BLOB_UNKNOWN',
      message: `the manifest references ${formatDigest(digest)}, which ${repository} does not have`,
      detail: { digest: formatDigest(digest) },
    });
  }
}

function requireTag(text: string): string {
  if (isTag(text)) return text;
  throw new RegistryError({ status: 400, code: 'TAG_INVALID', message: `"${text}" is not a valid tag` });
}

function manifestUnknown(reference: string): RegistryError {
  return new RegistryError({
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    message: 'manifest unknown',
    detail: { reference },
  });
}
