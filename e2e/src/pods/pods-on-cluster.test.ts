import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKanikit } from '@kanikit/sdk';
import type { PodPreset } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { images } from '../../cluster/images.ts';
import { registry } from '../../cluster/layout.ts';
import { writeContext } from '../builds/sample-context.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { describePods } from './pod-suite.test.helper.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

describePods('a real Kubernetes', async () => ({
  ...(await startRealCluster()),
  registry,
  baseImage: images.base,
}));

test.each([undefined, 'baseline', 'least-privilege', 'openshift'] as const)(
  'the admission of Pod Security takes pods with preset %s at the level baseline, and refuses them at restricted',
  async (preset: PodPreset | undefined) => {
    await using cluster = await startRealCluster();
    const folder = await mkdtemp(join(tmpdir(), 'kanikit-security-'));
    const context = await writeContext(folder, 'context', {
      Dockerfile: `FROM ${images.base}\nRUN mkdir /data && chown 1000 /data\n`,
    });
    const { kubeconfig, namespace } = cluster;
    await using kanikit = await createKanikit({
      cluster: { kubeconfig, namespace },
      executor: executorByTag,
      credentials: false,
      insecureRegistries: [registry],
    });
    const enforce = async (level: string): Promise<void> => {
      const labels = { 'pod-security.kubernetes.io/enforce': level };
      await cluster.api.call('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } });
    };
    const request = { context, destinations: [`${registry}/pods/security:1`], pod: { preset } };
    await enforce('baseline');
    expect((await kanikit.build(request)).outcome).toBe('succeeded');
    await enforce('restricted');
    await expect(kanikit.build(request)).rejects.toMatchObject({
      code: 'pod-security-refused',
      hint: expect.stringContaining('baseline'),
    });
    await rm(folder, { recursive: true });
  },
);

test('the admission of a LimitRange gives pods its defaults, and refuses what is above its most', async () => {
  await using cluster = await startRealCluster();
  const { kubeconfig, namespace, api } = cluster;
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-limits-'));
  const context = await writeContext(folder, 'context', {
    Dockerfile: `FROM ${images.base}\nRUN true\n`,
  });
  await using kanikit = await createKanikit({
    cluster: { kubeconfig, namespace },
    executor: executorByTag,
    credentials: false,
    insecureRegistries: [registry],
  });
  await api.call('POST', `/api/v1/namespaces/${namespace}/limitranges`, {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'bounds' },
    spec: {
      limits: [
        {
          type: 'Container',
          max: { memory: '1Gi' },
          default: { memory: '512Mi' },
          defaultRequest: { memory: '64Mi' },
        },
      ],
    },
  });
  const request = { context, destinations: [`${registry}/pods/limits:1`] };
  const run = kanikit.start(request);
  let resources: string | undefined;
  for await (const event of run.events) {
    if (event.type !== 'pod-start') continue;
    const { body } = await api.call<PodList>('GET', `/api/v1/namespaces/${namespace}/pods`);
    resources = JSON.stringify(body.items[0]?.spec.containers[0]?.resources);
  }
  expect((await run.result).outcome).toBe('succeeded');
  expect(resources).toBe('{"limits":{"memory":"512Mi"},"requests":{"memory":"64Mi"}}');
  await expect(
    kanikit.build({ ...request, pod: { limits: { memory: '2Gi' }, requests: { memory: '2Gi' } } }),
  ).rejects.toMatchObject({
    code: 'amounts-refused',
    hint: expect.stringContaining('`pod.limits.memory`') as string,
  });
  await rm(folder, { recursive: true });
});

interface PodList {
  readonly items: readonly {
    readonly spec: { readonly containers: readonly { readonly resources: object }[] };
  }[];
}
