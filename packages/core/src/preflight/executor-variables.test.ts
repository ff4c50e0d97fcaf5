import { expect, test } from 'vitest';
import { executorVariables } from './executor-variables.ts';

const image = 'registry.example/kaniko:1';
const spec = {
  containers: [
    { image: 'registry.example/mesh:1', env: [{ name: 'KANIKO_NO_PUSH', value: '1' }] },
    {
      image,
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
        { name: 'C' },
      ],
    },
  ],
};

test.each([
  ['a pod', { apiVersion: 'v1', kind: 'Pod', spec }],
  ['a job', { apiVersion: 'batch/v1', kind: 'Job', spec: { template: { spec } } }],
])('variables of the executor in %s: the last of a name counts, others give none', (_what, manifest) => {
  const secret = { apiVersion: 'v1', kind: 'Secret' };
  expect(executorVariables([secret, manifest], image)).toEqual([
    { name: 'A', value: '2' },
    { name: 'B', value: undefined },
    { name: 'C', value: '' },
  ]);
});
