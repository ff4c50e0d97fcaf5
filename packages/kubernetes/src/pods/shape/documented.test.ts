import { readFileSync } from 'node:fs';
import type { JsonPatchOperation, KubernetesObject, PodLaunch } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createCluster } from '../../create-cluster.ts';
import { sampleLaunch } from '../../testing/launches.ts';

const page = readFileSync(new URL('../../../../../docs/pods.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```yaml\n# ([a-z-]+)\n([^]*?)^```/gm)].map(
  ([, use = '', text = '']) => ({
    use,
    content: parse(text) as unknown,
  }),
);
const cluster = createCluster({
  kind: 'kubeconfig',
  name: 'c',
  server: 'https://127.0.0.1:1',
  namespace: 'builds',
});

test('the page shows templates and patches', () => {
  expect(examples.map(({ use }) => use)).toEqual(['pod-template', 'pod-patch', 'pod-json-patch']);
});

test.each(examples)('the $use of the page makes a pod', ({ use, content }) => {
  const changes: Partial<PodLaunch> =
    use === 'pod-template'
      ? { template: content as KubernetesObject }
      : use === 'pod-patch'
        ? { patches: [{ type: 'strategic', patch: content as KubernetesObject }] }
        : { patches: [{ type: 'json', patch: content as readonly JsonPatchOperation[] }] };
  const plain = cluster.manifests(sampleLaunch(), { isRedacted: true });
  expect(cluster.manifests(sampleLaunch(changes), { isRedacted: true })[0]?.['spec']).not.toEqual(
    plain[0]?.['spec'],
  );
});
