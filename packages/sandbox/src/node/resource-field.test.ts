import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { readResource } from './resource-field.ts';

const container = {
  name: 'c',
  image: 'x',
  resources: { limits: { memory: '1Gi', cpu: '1500m' }, requests: { cpu: '100m' } },
};
const spec = { containers: [container] };

// The values that a kubelet of 1.34 gives (pkg/api/v1/resource).
test.each([
  ['limits.memory', undefined, '1073741824'],
  ['limits.memory', '1Mi', '1024'],
  ['limits.memory', '0', '1073741824'],
  ['limits.cpu', undefined, '2'],
  ['limits.cpu', '1m', '1500'],
  ['requests.cpu', '1m', '100'],
  ['requests.cpu', '1', '1'],
  ['requests.memory', undefined, '0'],
])('%s in units of %s is %s', (resource, divisor, expected) => {
  const reference = { resource, ...(divisor !== undefined && { divisor }) };
  expect(readResource(reference, spec, container)).toBe(expected);
  expect(readResource({ ...reference, containerName: 'c' }, spec)).toBe(expected);
});

test('a limit that is not set is what the node has', () => {
  const bare = { name: 'c', image: 'x' };
  const value = readResource({ resource: 'limits.cpu' }, { containers: [bare] }, bare);
  expect(value).toBe(String(availableParallelism()));
});

test.each([
  { resource: 'limits.pods' },
  { resource: 'limits.cpu', containerName: 'other' },
  { resource: 'limits.cpu' },
])('refuses %j', (reference) => {
  expect(() => readResource(reference, spec)).toThrow(/unsupported container resource|not found/);
});
