import { createHash } from 'node:crypto';

/** Puts an image without layers into a registry over plain http, for this machine's platform. Throws with the registry's answer where it refuses. */
export async function pushEmptyImage(reference: string): Promise<void> {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(reference) ?? [];
  const api = `http://${host}/v2/${repository}`;
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = Buffer.from(
    JSON.stringify({ os: 'linux', architecture, config: {}, rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  const session = await send(`${api}/blobs/uploads/`, 'POST');
  const upload = new URL(session.headers.get('location') ?? '', api);
  upload.searchParams.set('digest', digest);
  await send(upload.href, 'PUT', config, 'application/octet-stream');
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const about = { mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length, digest };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: about, layers: [] });
  await send(`${api}/manifests/${tag}`, 'PUT', Buffer.from(manifest), mediaType);
}

async function send(url: string, method: string, body?: Buffer, type?: string): Promise<Response> {
  const content = body && { body: new Uint8Array(body) };
  const response = await fetch(url, { method, ...content, headers: type ? { 'content-type': type } : {} });
  if (response.ok) return response;
  throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
}
