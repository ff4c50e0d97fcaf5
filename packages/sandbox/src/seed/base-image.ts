import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A single-layer image, ready to be pushed. */
export interface BaseImage {
  readonly layer: Buffer;
  readonly config: Buffer;
  readonly manifest: Buffer;
}

export const manifestMediaType = 'application/vnd.oci.image.manifest.v1+json';

const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
};
/** Fixed, so that the same files make the same digest. */
const created = '1970-01-01T00:00:00Z';
/** Start-up time counts more than the few megabytes that a better compression would save. */
const compressionLevel = 1;

/** Wraps a tar of a root file system as an OCI image for this machine's architecture. */
export async function assembleBaseImage(tar: Buffer): Promise<BaseImage> {
  const layer = await promisify(gzip)(tar, { level: compressionLevel });
  const config = toJson({
    created,
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['/bin/sh'],
      WorkingDir: '/',
      Labels: {
        'org.opencontainers.image.title': 'kanikit sandbox base',
        'org.opencontainers.image.description':
          "A shell and basic tools, taken from the sandbox's own machine",
      },
    },
    rootfs: { type: 'layers', diff_ids: [digest(tar)] },
    history: [{ created, created_by: 'kanikit sandbox: tools and libraries of this machine' }],
  });
  const manifest = toJson({
    schemaVersion: 2,
    mediaType: manifestMediaType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  });
  return { layer, config, manifest };
}

/** Digest of bytes as registries name them. */
export function digest(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function descriptor(mediaType: string, bytes: Buffer): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest: digest(bytes), size: bytes.length };
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
