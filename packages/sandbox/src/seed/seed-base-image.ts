import { KanikitError } from '@kanikit/spec';
import { proxiedFetch } from '@kanikit/toolkit/proxy';

import { assembleBaseImage, digest, manifestMediaType, type BaseImage } from './base-image.ts';
import { packBaseLayer } from './base-layer.ts';
import { baseTools } from './base-tools.ts';
import { findMachineFiles } from './machine-files.ts';

export interface SeedOptions {
  /** Where the sandbox's registry answers, e.g. `http://127.0.0.1:5000`. */
  readonly registry: string;
  /** Repository name, e.g. `library/base`. */
  readonly repository: string;
  /**
   * Tag.
   * @default 'latest'
   */
  readonly tag?: string | undefined;
  /** For a registry with users. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Makes the image anew when the tag is there already. */
  readonly force?: boolean | undefined;
  readonly signal: AbortSignal;
}

export interface SeededImage {
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** False when the tag was there already. */
  readonly isNew: boolean;
}

/** Loopback, and a few megabytes: more than this means that something hangs. */
const requestLimitMs = 30_000;

/**
 * Pushes a small base image, made of this machine's own shell and tools, to the sandbox's registry, so that builds need no network.
 * Throws `seed-failed` when the machine's tools can't be read or the registry refuses.
 */
export async function seedBaseImage(options: SeedOptions): Promise<SeededImage> {
  const reference = `manifests/${options.tag ?? 'latest'}`;
  try {
    const there = await call(options, 'HEAD', reference);
    const known = there.headers.get('docker-content-digest');
    if (there.ok && known !== null && options.force !== true) return { digest: known, isNew: false };
    const files = await findMachineFiles(baseTools, options.signal);
    const image = await assembleBaseImage(await packBaseLayer(files));
    await push(options, reference, image);
    return { digest: digest(image.manifest), isNew: true };
  } catch (error) {
    options.signal.throwIfAborted();
    throw new KanikitError({
      code: 'seed-failed',
      message: `making the base image ${options.repository} in the sandbox's registry at ${options.registry} failed: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'The image is made from this machine\'s sh and basic tools with "ldd"; check that they are installed.',
      cause: error,
    });
  }
}

async function push(options: SeedOptions, reference: string, image: BaseImage): Promise<void> {
  for (const blob of [image.layer, image.config]) {
    const upload = `blobs/uploads/?digest=${encodeURIComponent(digest(blob))}`;
    await requireStatus(201, await call(options, 'POST', upload, 'application/octet-stream', blob));
  }
  await requireStatus(201, await call(options, 'PUT', reference, manifestMediaType, image.manifest));
}

async function call(
  options: SeedOptions,
  method: string,
  path: string,
  contentType?: string,
  body?: Buffer,
): Promise<Response> {
  const { credentials } = options;
  const basic =
    credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return await proxiedFetch(`${options.registry}/v2/${options.repository}/${path}`, {
    method,
    headers: {
      ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(requestLimitMs)]),
  });
}

async function requireStatus(expected: number, response: Response): Promise<void> {
  const text = await response.text();
  if (response.status !== expected) throw new Error(`the registry answered ${response.status}: ${text}`);
}
