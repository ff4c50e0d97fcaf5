import { createKanikit, type Kanikit } from '@kanikit/sdk';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { images } from '../../cluster/images.ts';
import { registry } from '../../cluster/layout.ts';
import { writeContext } from '../builds/sample-context.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { type Admission, type AdmissionWebhook, startAdmissionWebhook } from '../parts/admission-webhook.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

// What others do to pods on their way into a cluster: meshes add containers, policies refuse.
let cluster: TestCluster;
let folder: string;
let kanikit: Kanikit;
let throughBucket: Kanikit;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cluster = await startRealCluster();
  folder = await mkdtemp(join(tmpdir(), 'kanikit-admission-'));
  const { kubeconfig, namespace } = cluster;
  const options = {
    cluster: { kubeconfig, namespace },
    executor: executorByTag,
    credentials: false,
    insecureRegistries: [registry],
  } as const;
  kanikit = await createKanikit(options);
  throughBucket = await createKanikit({
    ...options,
    store: storeIn(cluster.bucket, cluster.authority, namespace),
  });
});
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  expect(await everythingLeft(cluster)).toEqual([]);
});
afterAll(async () => {
  await kanikit?.close();
  await throughBucket?.close();
  await cluster?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** Makes the API server ask about pods of this namespace, and of no other. */
async function register(
  kind: 'Mutating' | 'Validating',
  { url, authority }: Pick<AdmissionWebhook, 'url' | 'authority'>,
): Promise<void> {
  const { api, namespace } = cluster;
  const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`;
  await api.call('POST', path, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'pods.mesh.example',
        clientConfig: { url, caBundle: Buffer.from(authority).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 5,
      },
    ],
  });
  undo.push(() => api.call('DELETE', `${path}/${namespace}`));
}

async function webhook(kind: 'Mutating' | 'Validating', admission: Admission): Promise<AdmissionWebhook> {
  const server = await startAdmissionWebhook(() => admission);
  undo.push(async () => server[Symbol.asyncDispose]());
  await register(kind, server);
  // The API server learns of it through a watch of its own.
  const probe = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'probe-' },
    spec: { containers: [{ name: 'probe', image: 'probe' }] },
  };
  const path = `/api/v1/namespaces/${cluster.namespace}/pods?dryRun=All`;
  await expect
    .poll(
      async () => {
        await cluster.api.call('POST', path, probe, { isTolerant: true });
        return server.asked;
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBeGreaterThan(0);
  return server;
}

async function request(run: string): Promise<{ context: string; destinations: readonly string[] }> {
  const context = await writeContext(folder, `context-${Math.random().toString(36).slice(2)}`, {
    Dockerfile: `FROM ${images.base}\nRUN ${run}\n`,
  });
  return { context, destinations: [`${registry}/${cluster.namespace}/app:1`] };
}

const proxy = { name: 'mesh-proxy', image: images.workload, args: ['sleep'] };
const initialize = { op: 'add', path: '/spec/initContainers', value: [{ ...proxy, args: ['env', 'HOME'] }] };

/** As meshes do: the proxy before the container that was asked for, behind it, or as a sidecar of Kubernetes' own kind. */
const injections: readonly { readonly name: string; readonly patch: readonly object[] }[] = [
  {
    name: 'a container before the executor',
    patch: [{ op: 'add', path: '/spec/containers/0', value: proxy }],
  },
  {
    name: 'a container behind it, and one that prepares the network',
    patch: [
      { op: 'add', path: '/spec/containers/-', value: proxy },
      { ...initialize, value: [{ ...proxy, name: 'mesh-init', args: ['env', 'HOME'] }] },
    ],
  },
  {
    name: 'a sidecar that is restarted, as Kubernetes has them',
    patch: [{ ...initialize, value: [{ ...proxy, restartPolicy: 'Always' }] }],
  },
  {
    name: 'a container that ends at once, in failure',
    patch: [{ op: 'add', path: '/spec/containers/0', value: { ...proxy, args: ['exit', '1'] } }],
  },
];

test.each(injections)(
  'a mesh adds $name: builds succeed, and end',
  { timeout: 180_000 },
  async ({ patch }) => {
    await webhook('Mutating', { patch });
    const wanted = await request('echo through the mesh');
    for (const client of [kanikit, throughBucket]) {
      const { outcome, attempts, digest } = await client.build(wanted);
      expect([outcome, attempts.length]).toEqual(['succeeded', 1]);
      expect(digest).toMatch(/^sha256:/);
    }
  },
);

test.each(injections)(
  'a mesh adds $name: a RUN that fails is told as ever',
  { timeout: 180_000 },
  async ({ patch }) => {
    await webhook('Mutating', { patch });
    await expect(kanikit.build(await request('exit 7'))).rejects.toMatchObject({ code: 'run-failed' });
  },
);

test('a policy refuses the pod: its own words, and what to do', { timeout: 180_000 }, async () => {
  await webhook('Validating', { denied: 'pods need the label team' });
  await expect(kanikit.build(await request('true'))).rejects.toMatchObject({
    code: 'policy-refused',
    message: expect.stringMatching(/pods\.mesh\.example.*pods need the label team/s) as string,
    hint: expect.stringContaining('owner') as string,
  });
});

test('a policy of the cluster itself refuses the pod', { timeout: 180_000 }, async () => {
  const { api, namespace } = cluster;
  const base = '/apis/admissionregistration.k8s.io/v1';
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const name = `${namespace}-owner`;
  await api.call('POST', `${base}/validatingadmissionpolicies`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      validations: [{ expression: "'owner' in object.metadata.labels", message: 'every pod has an owner' }],
    },
  });
  undo.push(() => api.call('DELETE', `${base}/validatingadmissionpolicies/${name}`));
  await api.call('POST', `${base}/validatingadmissionpolicybindings`, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  });
  undo.push(() => api.call('DELETE', `${base}/validatingadmissionpolicybindings/${name}`));
  const refused = async (): Promise<unknown> =>
    kanikit.build(await request('true')).catch((error: unknown) => error);
  await expect.poll(refused, { timeout: 60_000, interval: 500 }).toMatchObject({
    code: 'policy-refused',
    message: expect.stringMatching(/-owner.*every pod has an owner/s) as string,
  });
  // What it asks for can be given.
  const { outcome } = await kanikit.build({ ...(await request('true')), pod: { labels: { owner: 'me' } } });
  expect(outcome).toBe('succeeded');
});

test('a policy that does not answer is named, after it was asked again', { timeout: 180_000 }, async () => {
  const server = await webhook('Validating', { patch: [] });
  await server[Symbol.asyncDispose]();
  undo.shift();
  await expect(kanikit.build({ ...(await request('true')), retries: 0 })).rejects.toMatchObject({
    code: 'policy-unavailable',
    message: expect.stringContaining('pods.mesh.example') as string,
  });
});
