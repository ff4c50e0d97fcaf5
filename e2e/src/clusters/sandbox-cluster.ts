import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessRule, startSandbox } from '@kanikit/sandbox';
import { kubernetesApi } from '../../cluster/api.ts';
import { goPart } from '../parts/go-part.ts';
import { changeKubeconfig, type TestCluster } from './test-cluster.ts';

/** A sandbox whose "executor" is the workload. */
export async function startSandboxCluster(): Promise<TestCluster> {
  const workload = await goPart('workload', new AbortController().signal);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-driver-'));
  const before = process.env['KANIKIT_EXECUTOR'];
  process.env['KANIKIT_EXECUTOR'] = workload;
  const token = randomUUID();
  const rules: AccessRule[] = [];
  const sandbox = await startSandbox({
    folder: join(folder, 'sandbox'),
    ports: { api: 0, registry: 0, bucket: 0, bucketHttp: 0 },
    hasBaseImage: false,
    users: [{ name: 'limited', token, rules }],
  });
  const {
    kubeconfig,
    apiServer: server,
    authority,
    namespace,
    registry,
    registryCredentials,
    bucket,
  } = sandbox.description;
  const api = kubernetesApi(kubeconfig);
  return {
    name: 'sandbox',
    kubeconfig,
    server,
    authority,
    namespace,
    workload: 'gcr.io/kaniko-project/executor:v1.24.0',
    registry,
    registryCredentials,
    bucket,
    api,
    userWith: async (wanted) => {
      // Those of a Role hold in its namespace only.
      rules.splice(0, rules.length, ...wanted.map((rule) => ({ ...rule, namespaces: [namespace] })));
      const file = join(folder, 'limited.kubeconfig');
      await changeKubeconfig(kubeconfig, file, { token });
      return file;
    },
    [Symbol.asyncDispose]: async () => {
      api.close();
      await sandbox.close();
      if (before === undefined) delete process.env['KANIKIT_EXECUTOR'];
      else process.env['KANIKIT_EXECUTOR'] = before;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
