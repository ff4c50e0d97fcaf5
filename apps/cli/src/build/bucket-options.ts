import { readWholeFile } from '@kanikit/toolkit/files';
import { stripEnd } from '@kanikit/toolkit/text';
import type { BucketOptions, ContextAccess } from '@kanikit/sdk';
import type { bucketFlags } from '../command-line/bucket-flags.ts';
import type { FlagValues } from '../command-line/flag.ts';
import { fileProblem } from '../command-line/file-problem.ts';
import { quoted, shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

type BucketFlags = FlagValues<typeof bucketFlags>;

/**
 * The bucket for local contexts, from the flags; undefined where none is named.
 *
 * @throws KanikitError `usage`
 */
export async function bucketOptions(flags: BucketFlags): Promise<BucketOptions | undefined> {
  if (flags.bucket === undefined) return undefined;
  const [, scheme = '', rest = ''] = /^([a-z0-9]+):\/\/(.+)$/.exec(flags.bucket) ?? [];
  const parts = stripEnd(rest, '/').split('/');
  const shared = await sharedOptions(flags);
  switch (scheme) {
    case 's3':
      return {
        kind: 's3',
        ...nameOf(flags.bucket, parts, s3Name),
        region: flags['bucket-region'],
        ...shared,
      };
    case 'gs':
      return { kind: 'gcs', ...nameOf(flags.bucket, parts, gcsName), ...shared };
    case 'az': {
      const [account = '', ...path] = parts;
      const { bucket: container, prefix } = nameOf(flags.bucket, path, containerName);
      if (!/^[a-z0-9]{3,24}$/.test(account)) throw malformed(flags.bucket);
      return { kind: 'azure-blob', account, container, prefix, ...shared, podAccess: azureAccess(shared) };
    }
    default:
      throw malformed(flags.bucket);
  }
}

/** How contexts that lie in buckets or behind private certificates are reached, whether there is a bucket for local ones or not. */
export async function contextAccess(
  flags: BucketFlags & { readonly mtime?: string | undefined },
): Promise<ContextAccess> {
  const shared = await sharedOptions(flags);
  const { certificateAuthorities } = shared;
  const isOf = (scheme: string): boolean => flags.bucket?.startsWith(`${scheme}://`) ?? scheme === 's3';
  // An endpoint is that of one kind of bucket, S3 where none is named.
  const of = (scheme: string): Omit<typeof shared, 'podAccess'> & Partial<typeof shared> =>
    isOf(scheme) ? shared : { certificateAuthorities, endpoint: undefined, podEndpoint: undefined };
  const azure = of('az');
  return {
    s3: { region: flags['bucket-region'], ...of('s3') },
    gcs: of('gs'),
    azureBlob: { ...azure, podAccess: azure.podAccess === 'key' ? 'key' : undefined },
    git: { certificateAuthorities },
    https: { certificateAuthorities },
    local: { mtime: flags.mtime === 'keep' ? 'keep' : 'zero' },
  };
}

async function sharedOptions(flags: BucketFlags): Promise<{
  readonly endpoint: string | undefined;
  readonly podEndpoint: string | undefined;
  readonly certificateAuthorities: string | undefined;
  readonly podAccess: 'identity' | 'key' | undefined;
}> {
  return {
    endpoint: endpointOf(flags, 'bucket-endpoint'),
    podEndpoint: endpointOf(flags, 'bucket-pod-endpoint'),
    certificateAuthorities: await certificates(flags['bucket-ca']),
    podAccess: flags['bucket-pod-access'] as 'identity' | 'key' | undefined,
  };
}

/** Kaniko reads Azure's blobs with the account's key or not at all. */
function azureAccess({
  podAccess,
}: {
  readonly podAccess: 'identity' | 'key' | undefined;
}): 'key' | undefined {
  if (podAccess !== 'identity') return podAccess;
  throw usageError(
    'Pods can not read Azure blobs by an identity of their own: the executor knows only the key of the account.',
    'Leave out --bucket-pod-access: signed URLs need no access of the pod.',
  );
}

const s3Name = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const gcsName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const containerName = /^(?:\$root|[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9]))$/;

function nameOf(
  written: string,
  [bucket = '', ...path]: readonly string[],
  pattern: RegExp,
): { readonly bucket: string; readonly prefix: string | undefined } {
  if (!pattern.test(bucket)) throw malformed(written);
  const prefix = path.filter((part) => part !== '').join('/');
  return { bucket, prefix: prefix === '' ? undefined : prefix };
}

function malformed(written: string): Error {
  return usageError(
    `--bucket takes s3://BUCKET, gs://BUCKET or az://ACCOUNT/CONTAINER, each with /PREFIX; got ${quoted(written)}.`,
  );
}

function endpointOf(flags: BucketFlags, flag: 'bucket-endpoint' | 'bucket-pod-endpoint'): string | undefined {
  const text = flags[flag];
  if (text === undefined) return undefined;
  const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isUrl)
    throw usageError(`--${flag} takes a URL such as https://minio.example.com, got ${quoted(text)}.`);
  return text;
}

async function certificates(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = (await readWholeFile(path, { largestBytes })).toString('utf8');
  } catch (error) {
    throw usageError(`Reading the certificates ${shown(path)} (--bucket-ca): ${fileProblem(error)}.`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw usageError(
    `Reading the certificates ${shown(path)} (--bucket-ca): there is no PEM certificate in it.`,
  );
}
