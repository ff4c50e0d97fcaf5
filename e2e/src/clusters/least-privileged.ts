import { join } from 'node:path';
import { layout } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { changeKubeconfig, type TestCluster } from './test-cluster.ts';

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
