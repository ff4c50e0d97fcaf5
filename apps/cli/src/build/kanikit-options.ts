import { readFile } from 'node:fs/promises';
import type { KanikitOptions, S3StoreOptions } from '@kanikit/sdk';
import { usageError } from '../command-line/usage-error.ts';
import type { Io } from '../io.ts';
import type { BuildFlags } from './build-requests.ts';
import { sandboxOptions } from './sandbox-options.ts';

/**
 * How to reach cluster and bucket, from the flags.
 *
 * @throws KanikitError `usage`, `sandbox-not-running`
 */
export async function kanikitOptions(flags: BuildFlags, io: Io): Promise<KanikitOptions> {
  const shared: KanikitOptions = {
    concurrency: flags.concurrency,
    logFolder: flags['log-folder'],
    env: io.env,
    stdin: io.stdin,
  };
  const bucket = await bucketOf(flags);
  if (flags.sandbox === true) {
    const sandbox = await sandboxOptions(flags.namespace);
    const store = flags.stdin === true ? undefined : (bucket ?? sandbox.store);
    return { ...shared, ...sandbox, store };
  }
  const { kubeconfig, 'kube-context': context, namespace, 'in-cluster': isInCluster } = flags;
  return {
    ...shared,
    cluster: { kubeconfig, context, namespace, isInCluster },
    store: flags.stdin === true ? undefined : bucket,
  };
}

async function bucketOf(flags: BuildFlags): Promise<S3StoreOptions | undefined> {
  if (flags.bucket === undefined) return undefined;
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(flags.bucket);
  if (match === null) {
    throw usageError(`--bucket takes s3://BUCKET or s3://BUCKET/PREFIX, got "${flags.bucket}".`);
  }
  const [, bucket = '', prefix = ''] = match;
  const trimmed = prefix.replace(/\/+$/, '');
  return {
    kind: 's3',
    bucket,
    prefix: trimmed === '' ? undefined : trimmed,
    endpoint: endpointOf(flags['bucket-endpoint']),
    region: flags['bucket-region'],
    certificateAuthorities: await certificates(flags['bucket-ca']),
  };
}

function endpointOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isUrl)
    throw usageError(`--bucket-endpoint takes a URL such as https://minio.example.com, got "${text}".`);
  return text;
}

async function certificates(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`Reading the certificates ${path} (--bucket-ca): ${(error as Error).message}.`);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw usageError(`Reading the certificates ${path} (--bucket-ca): there is no PEM certificate in it.`);
}
