import { readFile, writeFile } from 'node:fs/promises';
import type { KubernetesApi } from '../../cluster/api.ts';
import { type BucketAccess, listBucket } from '../parts/list-bucket.ts';
import type { RegistryAccess } from '../parts/registry-access.ts';

/** A cluster that a suite runs against: the sandbox or a real Kubernetes. */
export interface TestCluster extends RegistryAccess, AsyncDisposable {
  readonly name: 'sandbox' | 'kubernetes';
  /** Kubeconfig with all rights. JSON, with a token. */
  readonly kubeconfig: string;
  /** Its origin, and whom to trust as its authority. */
  readonly server: string;
  readonly authority: string;
  /** Everything goes on here; gone with the cluster object. */
  readonly namespace: string;
  /** Image whose program is `e2e/parts/workload`. */
  readonly workload: string;
  /** Trusts whom the cluster trusts. */
  readonly bucket: BucketAccess;
  /** Requests past the driver. */
  readonly api: KubernetesApi;
  /** Kubeconfig of a user with just these rights in the namespace. */
  userWith(rules: readonly TestRule[]): Promise<string>;
}

/** A rule of a Role. */
export interface TestRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Starts one of the two. */
export type StartTestCluster = () => Promise<TestCluster>;

/** Writes the kubeconfig again with another server or token. */
export async function changeKubeconfig(
  source: string,
  target: string,
  changes: {
    readonly server?: { readonly url: string; readonly authority: string };
    readonly token?: string;
    readonly namespace?: string;
  },
): Promise<void> {
  const config = JSON.parse(await readFile(source, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
    users: { user: { token: string } }[];
    contexts: { context: { namespace?: string } }[];
  };
  for (const { cluster } of config.clusters) {
    if (changes.server === undefined) continue;
    cluster.server = changes.server.url;
    cluster['certificate-authority-data'] = Buffer.from(changes.server.authority).toString('base64');
  }
  for (const { user } of config.users) user.token = changes.token ?? user.token;
  for (const { context } of config.contexts) {
    if (changes.namespace !== undefined) context.namespace = changes.namespace;
  }
  await writeFile(target, JSON.stringify(config), { mode: 0o600 });
}

/** What kanikit creates. */
const createdKinds = [
  ['/api/v1', 'pods'],
  ['/api/v1', 'secrets'],
  ['/apis/batch/v1', 'jobs'],
  ['/apis/coordination.k8s.io/v1', 'leases'],
] as const;

/** Names of the pods, secrets, jobs and leases in the namespace that have a label of ours. */
export function leftovers(cluster: Pick<TestCluster, 'api' | 'namespace'>): Promise<readonly string[]> {
  return objectsIn(cluster, 'app.kubernetes.io/managed-by=kanikit');
}

/** Names of all pods, secrets, jobs and leases in the namespace, whatever their labels where none are asked for. */
async function objectsIn(
  { api, namespace }: Pick<TestCluster, 'api' | 'namespace'>,
  labels = '',
): Promise<readonly string[]> {
  const lists = await Promise.all(
    createdKinds.map(async ([version, plural]) => {
      const path = `${version}/namespaces/${namespace}/${plural}?labelSelector=${encodeURIComponent(labels)}`;
      const { body } = await api.call<NamedList>('GET', path);
      return body.items.map(({ metadata }) => `${plural}/${metadata.name}`);
    }),
  );
  return lists.flat();
}

/** Everything that builds made: objects in the namespace, whatever their labels, and what lies in its part of the bucket. */
export async function everythingLeft(
  home: Pick<TestCluster, 'api' | 'namespace' | 'bucket'>,
): Promise<readonly string[]> {
  return [...(await objectsIn(home)), ...(await listBucket(home.bucket, `${home.namespace}/`))];
}

interface NamedList {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}
