import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

import { ifExists } from './atomic-file.ts';
import type { Digest } from './digest.ts';
import { listReferrers, listTags } from './manifest-store.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistryFiles } from './registry-files.ts';

/** `GET …/tags/list?n=…&last=…`. */
export async function sendTags(
  files: RegistryFiles,
  repository: string,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  if (!(await isRepository(files.repository(repository)))) {
    throw new RegistryError({
      status: 404,
      code: 'NAME_UNKNOWN',
      message: 'repository name not known to registry',
      detail: { name: repository },
    });
  }
  const { page, headers } = paginate(await listTags(files, repository), query, `/v2/${repository}/tags/list`);
  sendJson(response, { name: repository, tags: page }, headers);
}

/** `GET /v2/_catalog?n=…&last=…`: the repositories, as Docker's registry lists them. */
export async function sendCatalog(
  files: RegistryFiles,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const names = await findRepositories(files.repositories, '');
  const { page, headers } = paginate(names.toSorted(), query, '/v2/_catalog');
  sendJson(response, { repositories: page }, headers);
}

/** `GET …/referrers/DIGEST?artifactType=…`: an image index of what refers to the digest, empty when nothing does. */
export async function sendReferrers(
  files: RegistryFiles,
  repository: string,
  subject: Digest,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const artifactType = query.get('artifactType');
  const all = await listReferrers(files, repository, subject);
  const manifests =
    artifactType === null ? all : all.filter((entry) => entry['artifactType'] === artifactType);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  sendJson(
    response,
    { schemaVersion: 2, mediaType, manifests },
    {
      'Content-Type': mediaType,
      ...(artifactType === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
  );
}

/** The entries after `last`, `n` of them at most, and a `Link` to the rest. Entries are sorted. */
function paginate(
  entries: readonly string[],
  query: URLSearchParams,
  path: string,
): { page: string[]; headers: Record<string, string> } {
  const last = query.get('last');
  const limit = query.get('n') === null ? Infinity : Number(query.get('n'));
  if (Number.isNaN(limit) || limit < 0) {
    throw new RegistryError({
      status: 400,
      code: 'UNSUPPORTED',
      message: `n=${query.get('n')} is not a number`,
    });
  }
  const rest = last === null ? entries : entries.filter((entry) => entry > last);
  const page = rest.slice(0, limit);
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length) return { page, headers: {} };
  const next = new URLSearchParams({ n: String(limit), last: end });
  return { page, headers: { Link: `<${path}?${next}>; rel="next"` } };
}

async function findRepositories(folder: string, name: string): Promise<string[]> {
  const found = name !== '' && (await isRepository(folder)) ? [name] : [];
  for (const entry of (await ifExists(readdir(folder))) ?? []) {
    if (entry.startsWith('_')) continue;
    found.push(...(await findRepositories(join(folder, entry), name === '' ? entry : `${name}/${entry}`)));
  }
  return found;
}

/** A folder without any of these is only the parent of repositories. */
async function isRepository(folder: string): Promise<boolean> {
  for (const part of ['_manifests', '_blobs', '_tags']) {
    if ((await ifExists(stat(join(folder, part)))) !== undefined) return true;
  }
  return false;
}

function sendJson(response: ServerResponse, value: unknown, headers: Record<string, string>): void {
  const body = JSON.stringify(value);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
