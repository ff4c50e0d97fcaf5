import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identities } from './identities.ts';
import { layout, registry } from './layout.ts';
import type { ClusterProcess } from './process.ts';
import type { ClusterPrograms } from './programs.ts';

/** The bucket server's keys: known, since it is reached from this machine and its pods only. */
export const bucket: {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
} = {
  name: 'contexts',
  region: 'eu-test-1',
  endpoint: `https://${layout.host}:${layout.ports.bucket}`,
  accessKeyId: 'cluster-key',
  secretAccessKey: 'cluster-secret-key',
};

/** An OCI registry over plain http, with all of its data in the cluster's folder. */
export async function registryProcess({ registry: program }: ClusterPrograms): Promise<ClusterProcess> {
  const file = join(layout.data, 'registry.json');
  const config = {
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(layout.data, 'registry') }, delete: { enabled: true } },
    http: { addr: registry, secret: 'of a cluster for tests' },
  };
  await writeFile(file, JSON.stringify(config));
  return {
    name: 'registry',
    file: program,
    args: ['serve', file],
    env: { OTEL_TRACES_EXPORTER: 'none' },
  };
}

/** An S3 server over TLS, whose certificate the cluster's authority signed. */
export async function bucketProcess(
  { versitygw }: ClusterPrograms,
  identities: Identities,
): Promise<ClusterProcess> {
  const root = join(layout.data, 'buckets');
  await mkdir(join(root, bucket.name), { recursive: true });
  return {
    name: 'versitygw',
    file: versitygw,
    args: [
      '--port',
      `${layout.host}:${layout.ports.bucket}`,
      '--region',
      bucket.region,
      '--quiet',
      '--keep-alive',
      '--cert',
      identities.certificateFile,
      '--key',
      identities.keyFile,
      'posix',
      root,
    ],
    env: { ROOT_ACCESS_KEY: bucket.accessKeyId, ROOT_SECRET_KEY: bucket.secretAccessKey },
  };
}
