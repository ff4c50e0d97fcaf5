import { join } from 'node:path';
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { layout, registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { changeKubeconfig, type TestCluster } from '../clusters/test-cluster.ts';

/** Certificate of the bucket's authority. */
export const authorityFile: string = join(layout.data, 'pki', 'ca.crt');

/** What the client needs to write the bucket. */
export const bucketKeys: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: bucket.accessKeyId,
  AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey,
};

/** Kubeconfig with a bound token of the service account `kanikit`, as the TokenRequest API gives it. */
export async function accountKubeconfig(cluster: TestCluster, folder: string): Promise<string> {
  const path = `/api/v1/namespaces/${cluster.namespace}/serviceaccounts/kanikit/token`;
  const { body } = await cluster.api.call<{ readonly status: { readonly token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  const file = join(folder, 'account.kubeconfig');
  await changeKubeconfig(cluster.kubeconfig, file, { token: body.status.token });
  return file;
}

/** Everything of builds in the namespace, whatever its labels, and below the prefix of the bucket. */
export async function everythingLeft(
  { api, namespace }: Pick<TestCluster, 'api' | 'namespace'>,
  prefix: string,
): Promise<readonly string[]> {
  const lists = [
    `/api/v1/namespaces/${namespace}/pods`,
    `/api/v1/namespaces/${namespace}/secrets`,
    `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
  ];
  const names = await Promise.all(
    lists.map(async (path) => {
      const { body } = await api.call<{
        readonly items: readonly { readonly metadata: { readonly name: string } }[];
      }>('GET', path);
      return body.items.map(({ metadata }) => `${path.split('/').at(-1)}/${metadata.name}`);
    }),
  );
  return [...names.flat(), ...(await bucketLeft(prefix))];
}

async function bucketLeft(prefix: string): Promise<readonly string[]> {
  // What is looked at is the list; whom the client of builds trusts is its own matter.
  const client = new S3Client({
    endpoint: bucket.endpoint,
    region: bucket.region,
    forcePathStyle: true,
    credentials: bucket,
    requestHandler: { httpsAgent: { rejectUnauthorized: false } },
  });
  try {
    const objects = await client.send(
      new ListObjectsV2Command({ Bucket: bucket.name, Prefix: `${prefix}/` }),
    );
    const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket.name }));
    return [
      ...(objects.Contents ?? []).map(({ Key }) => `object ${Key}`),
      ...(uploads.Uploads ?? [])
        .filter(({ Key }) => Key?.startsWith(`${prefix}/`))
        .map(({ Key }) => `upload ${Key}`),
    ];
  } finally {
    client.destroy();
  }
}

/** Digest that the registry has under a name such as `me/app:1`; undefined where it has none. */
export async function digestInRegistry(repository: string, tag: string): Promise<string | undefined> {
  const response = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {
    headers: {
      accept:
        'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
    },
  });
  await response.arrayBuffer();
  return response.ok ? (response.headers.get('docker-content-digest') ?? undefined) : undefined;
}
