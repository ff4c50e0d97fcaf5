import { parseDigest, type Digest } from './digest.ts';
import { RegistryError } from './registry-error.ts';

/** What the registry needs to know of a manifest's JSON. */
export interface ManifestDocument {
  readonly mediaType: string;
  readonly isIndex: boolean;
  /** Blobs, or manifests of an index, that must be in the repository already. */
  readonly references: readonly Digest[];
  readonly subject: Digest | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: unknown;
}

const imageTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);
const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
// Layers that stay on their vendor's server, and are never pushed.
const foreignLayer = /nondistributable|\.foreign\./;

/** Checks a pushed manifest against its media type; throws MANIFEST_INVALID saying what is wrong. */
export function parseManifest(bytes: Uint8Array, contentType: string | undefined): ManifestDocument {
  const document = parseObject(bytes);
  const mediaType = contentType?.split(';')[0]?.trim() || text(document['mediaType']) || '';
  if (text(document['mediaType']) !== undefined && document['mediaType'] !== mediaType) {
    throw invalid(`its mediaType is ${text(document['mediaType'])}, but it was sent as ${mediaType}`);
  }
  if (document['schemaVersion'] !== 2) throw invalid('its schemaVersion is not 2');
  const isIndex = indexTypes.has(mediaType);
  if (!isIndex && !imageTypes.has(mediaType)) throw invalid(`media type "${mediaType}" is not supported`);
  const config = document['config'];
  const subject = document['subject'];
  return {
    mediaType,
    isIndex,
    references: isIndex
      ? descriptors(document['manifests'], 'manifests')
      : [descriptor(config, 'config'), ...descriptors(document['layers'], 'layers')],
    subject: subject === undefined || subject === null ? undefined : descriptor(subject, 'subject'),
    artifactType:
      text(document['artifactType']) ??
      (isIndex ? undefined : text((config as Json | undefined)?.['mediaType'])),
    annotations: document['annotations'],
  };
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(bytes: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('it is not valid JSON');
  }
  if (!isObject(value)) throw invalid('it is not a JSON object');
  return value;
}

function descriptors(value: unknown, field: string): Digest[] {
  if (!Array.isArray(value)) throw invalid(`it has no ${field}`);
  return value
    .map((entry: unknown, index) => ({ digest: descriptor(entry, `${field}[${index}]`), entry }))
    .filter(({ entry }) => !foreignLayer.test(text((entry as Json)['mediaType']) ?? ''))
    .map(({ digest }) => digest);
}

function descriptor(value: unknown, field: string): Digest {
  const digest = isObject(value) ? parseDigest(text(value['digest']) ?? '') : undefined;
  if (digest === undefined) throw invalid(`${field} has no valid digest`);
  return digest;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string that is there and not empty. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalid(reason: string): RegistryError {
  return new RegistryError({ status: 400, code: 'MANIFEST_INVALID', message: `manifest invalid: ${reason}` });
}
