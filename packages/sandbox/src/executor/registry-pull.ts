import { createHash } from 'node:crypto';
import { parseImageReference, type ImageReference } from '@kanikit/spec';
import { proxiedFetch } from '@kanikit/toolkit/proxy';

/** An image's layers, every byte checked against its digest. */
export interface PulledImage {
  /** Digest of the image's own manifest. */
  readonly digest: string;
  readonly layers: readonly PulledLayer[];
}

export interface PulledLayer {
  readonly sizeBytes: number;
  /** Compressed bytes as stored; throws when they do not match the digest. */
  open(): AsyncIterable<Uint8Array>;
}

export interface PullOptions {
  readonly platform: { readonly os: string; readonly architecture: string };
  /** The digest that this tag must have, where it is known beforehand. */
  readonly expectedDigest?: string | undefined;
  readonly signal: AbortSignal;
  /** `http` is for registries on this machine. @default https */
  readonly scheme?: 'http' | 'https';
}

/** A registry that does not answer within this time counts as out of reach. */
const connectTimeoutMs = 5_000;
/** A transfer without a byte for this long is given up. */
const stallTimeoutMs = 30_000;
const manifestLimitBytes = 4 * 1024 * 1024;
/** Executor images are about 40 MB compressed; this refuses anything that is not one. */
const layersLimitBytes = 400 * 1024 * 1024;

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly mediaType?: string;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

interface Manifest {
  readonly manifests?: readonly Descriptor[];
  readonly layers?: readonly Descriptor[];
}

/** Reads an image anonymously from its registry. Layers are not fetched before they are opened. Throws what went wrong in one line. */
export async function pullImage(image: string, options: PullOptions): Promise<PulledImage> {
  const reference = parseImageReference(image);
  const client = createClient(reference, options);
  let { manifest, digest } = await client.manifest(
    reference.digest ?? options.expectedDigest ?? reference.tag ?? 'latest',
  );
  if (manifest.manifests !== undefined) {
    const { os, architecture } = options.platform;
    const match = manifest.manifests.find(
      ({ platform }) => platform?.os === os && platform.architecture === architecture,
    );
    if (match === undefined) throw new Error(`${image} has no image for ${os}/${architecture}`);
    ({ manifest, digest } = await client.manifest(match.digest));
  }
  const layers = manifest.layers ?? [];
  const total = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (total > layersLimitBytes) throw new Error(`${image} is ${total} bytes, too large for an executor`);
  return {
    digest,
    layers: layers.map((layer) => ({ sizeBytes: layer.size, open: () => client.blob(layer) })),
  };
}

interface Client {
  manifest(name: string): Promise<{ manifest: Manifest; digest: string }>;
  blob(descriptor: Descriptor): AsyncIterable<Uint8Array>;
}

function createClient(reference: ImageReference, options: PullOptions): Client {
  const host = reference.registry === 'index.docker.io' ? 'registry-1.docker.io' : reference.registry;
  const base = `${options.scheme ?? 'https'}://${host}/v2/${reference.repository}`;
  let authorization: string | undefined;

  async function get(path: string, accept: string): Promise<Response> {
    const url = `${base}/${path}`;
    let response = await request(url, accept);
    if (response.status === 401 && authorization === undefined) {
      const token = await fetchToken(
        response.headers.get('www-authenticate') ?? '',
        reference,
        options.signal,
      );
      authorization = `Bearer ${token}`;
      response = await request(url, accept);
    }
    if (!response.ok || response.body === null) {
      throw new Error(`GET ${url} answered ${response.status} ${response.statusText}`);
    }
    return response;
  }

  function request(url: string, accept: string): Promise<Response> {
    return timedFetch(url, { accept, ...(authorization !== undefined && { authorization }) }, options.signal);
  }

  return {
    async manifest(name) {
      const bytes = await readLimited(await get(`manifests/${name}`, manifestTypes), manifestLimitBytes);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      if (name.includes(':') && name !== digest)
        throw new Error(`the manifest ${name} came with other bytes`);
      return { manifest: JSON.parse(bytes.toString()) as Manifest, digest };
    },
    async *blob(descriptor) {
      const response = await get(`blobs/${descriptor.digest}`, '*/*');
      yield* verified(response, descriptor);
    },
  };
}

async function* verified(response: Response, descriptor: Descriptor): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of unstalled(response)) {
    size += chunk.length;
    if (size > descriptor.size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (size !== descriptor.size || `sha256:${hash.digest('hex')}` !== descriptor.digest) {
    throw new Error(`the layer ${descriptor.digest} came with other bytes`);
  }
}

/** The body, given up when nothing comes for a while. */
async function* unstalled(response: Response): AsyncIterable<Uint8Array> {
  const reader = response.body!.getReader();
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const stalled = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no byte for ${stallTimeoutMs / 1000} s`)), stallTimeoutMs);
      });
      const { done, value } = await Promise.race([reader.read(), stalled]).finally(() => clearTimeout(timer));
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function readLimited(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unstalled(response)) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer is larger than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Anonymous pull token as the distribution specification's token authentication describes. */
async function fetchToken(
  challenge: string,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<string> {
  const fields = new Map(
    [...challenge.matchAll(/(?<!\w)(\w+)="([^"]*)"/g)].map((match) => [match[1], match[2]]),
  );
  const realm = fields.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error('the registry wants a password');
  const url = new URL(realm);
  if (fields.has('service')) url.searchParams.set('service', fields.get('service')!);
  url.searchParams.set('scope', fields.get('scope') ?? `repository:${reference.repository}:pull`);
  const response = await timedFetch(url.href, { accept: 'application/json' }, signal);
  if (!response.ok) throw new Error(`the registry gave no anonymous token (${response.status})`);
  const answer = JSON.parse((await readLimited(response, manifestLimitBytes)).toString()) as Record<
    string,
    unknown
  >;
  const token = answer['token'] ?? answer['access_token'];
  if (typeof token !== 'string') throw new Error('the registry gave no anonymous token');
  return token;
}

/** Bounds the time to the first byte of the answer; the body is bounded by its reader. */
async function timedFetch(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), connectTimeoutMs);
  try {
    return await proxiedFetch(url, { headers, signal: AbortSignal.any([signal, slow.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    if (slow.signal.aborted) {
      throw new Error(`${new URL(url).host} did not answer within ${connectTimeoutMs / 1000} s`, {
        cause: error,
      });
    }
    throw new Error(`${new URL(url).host}: ${rootMessage(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function rootMessage(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || (inner as NodeJS.ErrnoException).code || inner.name;
}
