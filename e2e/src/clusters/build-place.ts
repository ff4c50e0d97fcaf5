import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@kanikit/sandbox';
import { kubernetesApi } from '../../cluster/api.ts';
import { images } from '../../cluster/images.ts';
import { apiServer, layout, registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { startRealCluster } from './real-cluster.ts';
import { changeKubeconfig, type TestCluster } from './test-cluster.ts';
import type { BucketAccess } from '../parts/list-bucket.ts';
import type { RegistryAccess } from '../parts/registry-access.ts';
import { authorityFile } from './least-privileged.ts';

/** A namespace for builds of one test. */
export type BuildNamespace = Pick<TestCluster, 'api' | 'namespace' | 'kubeconfig'> & AsyncDisposable;

/** Where whole builds run: a cluster with the real executor, a registry and a bucket. */
export interface BuildPlace extends RegistryAccess, AsyncDisposable {
  readonly name: 'sandbox' | 'kubernetes';
  /** Origin of the API server. */
  readonly server: string;
  /** PEM: who signed the certificates of API server and bucket. */
  readonly authority: string;
  readonly baseImage: string;
  readonly bucket: BucketAccess;
  /** Address of this machine that pods reach it by. */
  readonly host: string;
  namespace(): Promise<BuildNamespace>;
}

/** Starts one of the two. */
export type StartBuildPlace = () => Promise<BuildPlace>;

export async function startSandboxPlace(): Promise<BuildPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-place-'));
  const ports = { api: 0, registry: 0, bucket: 0, bucketHttp: 0 };
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox'), ports });
  const { apiServer: server, authority, kubeconfig, ...description } = sandbox.description;
  const api = kubernetesApi(kubeconfig);
  return {
    name: 'sandbox',
    server,
    authority,
    registry: description.registry,
    registryCredentials: description.registryCredentials,
    baseImage: description.baseImage ?? '',
    bucket: description.bucket,
    host: '127.0.0.1',
    namespace: async () => {
      const name = `test-${randomUUID().slice(0, 8)}`;
      const file = join(folder, `${name}.kubeconfig`);
      await api.call('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      await changeKubeconfig(kubeconfig, file, { namespace: name });
      // Gone with the sandbox.
      return { api, namespace: name, kubeconfig: file, [Symbol.asyncDispose]: () => Promise.resolve() };
    },
    [Symbol.asyncDispose]: async () => {
      api.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startRealPlace(): Promise<BuildPlace> {
  return {
    name: 'kubernetes',
    server: apiServer,
    authority: await readFile(authorityFile, 'utf8'),
    registry,
    baseImage: images.base,
    bucket: { ...bucket, bucket: bucket.name },
    host: layout.host,
    namespace: startRealCluster,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
