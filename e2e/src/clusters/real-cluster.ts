import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kubernetesApi } from '../../cluster/api.ts';
import { userKubeconfig } from '../../cluster/identities.ts';
import { images } from '../../cluster/images.ts';
import { apiServer, kubeconfigFile, registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { changeKubeconfig, type TestCluster, type TestRule } from './test-cluster.ts';

/** A namespace of its own in the real Kubernetes of `pnpm cluster`, which the set-up of the suite has started. */
export async function startRealCluster(): Promise<TestCluster> {
  const api = kubernetesApi(kubeconfigFile);
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  const kubeconfig = join(tmpdir(), `${namespace}.kubeconfig`);
  const limited = join(tmpdir(), `${namespace}-limited.kubeconfig`);
  await changeKubeconfig(kubeconfigFile, kubeconfig, { namespace });
  await api.call('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await untilAccountIsThere(api, namespace);
  const config = JSON.parse(await readFile(kubeconfigFile, 'utf8')) as {
    readonly clusters: readonly { readonly cluster: { readonly 'certificate-authority-data': string } }[];
  };
  return {
    name: 'kubernetes',
    kubeconfig,
    server: apiServer,
    authority: Buffer.from(config.clusters[0]!.cluster['certificate-authority-data'], 'base64').toString(),
    namespace,
    workload: images.workload,
    registry,
    bucket: { ...bucket, bucket: bucket.name },
    api,
    userWith: async (rules) => {
      await bind(api, namespace, rules);
      await changeKubeconfig(userKubeconfig('builder'), limited, { namespace });
      return limited;
    },
    [Symbol.asyncDispose]: async () => {
      await api.call('DELETE', `/api/v1/namespaces/${namespace}`);
      api.close();
      await rm(kubeconfig, { force: true });
      await rm(limited, { force: true });
    },
  };
}

/** A controller that has lost the API server several times pauses up to a minute before it looks for new namespaces. */
const accountMs = 180_000;

/** The cluster makes it a moment after the namespace; until then every pod is refused. Throws with what was seen at last. */
async function untilAccountIsThere(api: TestCluster['api'], namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  const until = performance.now() + accountMs;
  for (;;) {
    const { status, body } = await api.call('GET', path, undefined, { isTolerant: true });
    if (status === 200) return;
    if (performance.now() > until) {
      const seen = `${status} ${JSON.stringify(body)}`;
      throw new Error(`namespace ${namespace} has no service account after ${accountMs / 1000} s: ${seen}`);
    }
    await delay(100);
  }
}

/** Gives the user `builder` these rights in the namespace, in place of those before. */
async function bind(api: TestCluster['api'], namespace: string, rules: readonly TestRule[]): Promise<void> {
  const base = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: 'builder', namespace };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const role = { apiVersion, kind: 'Role', metadata, rules };
  const made = await api.call('POST', `${base}/roles`, role, { isTolerant: true });
  if (made.status === 409) await api.call('PUT', `${base}/roles/builder`, role);
  const binding = {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    subjects: [{ kind: 'User', name: 'builder', apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind: 'Role', name: 'builder', apiGroup: 'rbac.authorization.k8s.io' },
  };
  await api.call('POST', `${base}/rolebindings`, binding, { isTolerant: true });
}
