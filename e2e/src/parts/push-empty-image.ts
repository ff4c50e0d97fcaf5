import { createHash } from 'node:crypto';
import { type RegistryAccess, registryFetch } from './registry-access.ts';

/** Puts an image without layers into a registry over plain http, for this machine's platform. Throws with the registry's answer where it refuses. */
export async function pushEmptyImage(access: RegistryAccess, repository: string, tag: string): Promise<void> {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = Buffer.from(
    JSON.stringify({ os: 'linux', architecture, config: {}, rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const upload = `${repository}/blobs/uploads/?digest=${encodeURIComponent(digest)}`;
  await send(access, upload, 'POST', config, 'application/octet-stream');
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const about = { mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length, digest };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: about, layers: [] });
  await send(access, `${repository}/manifests/${tag}`, 'PUT', Buffer.from(manifest), mediaType);
}

async function send(
  access: RegistryAccess,
  path: string,
  method: string,
  body: Buffer,
  type: string,
): Promise<void> {
  const headers = { 'content-type': type };
  const response = await registryFetch(access, path, { method, body: new Uint8Array(body), headers });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
}
