import { expect, test } from 'vitest';
import { applyPatch } from './apply-patch.ts';

const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const json = 'application/json-patch+json';
const container = (name: string, more: object = {}) => ({ name, image: 'x', ...more });

const cases: readonly (readonly [
  what: string,
  type: string,
  target: unknown,
  patch: unknown,
  result: unknown,
])[] = [
  ['merge removes by null', merge, { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
  ['merge replaces lists', merge, { a: [1, 2] }, { a: [3] }, { a: [3] }],
  [
    'strategic merges containers by name',
    strategic,
    { containers: [container('a'), container('b')] },
    { containers: [{ name: 'b', image: 'y' }] },
    { containers: [container('a'), { name: 'b', image: 'y' }] },
  ],
  [
    'strategic deletes items',
    strategic,
    { env: [{ name: 'A' }, { name: 'B' }] },
    { env: [{ name: 'A', $patch: 'delete' }] },
    { env: [{ name: 'B' }] },
  ],
  [
    'strategic replaces a list on demand',
    strategic,
    { env: [{ name: 'A' }] },
    { env: [{ $patch: 'replace' }, { name: 'C' }] },
    { env: [{ name: 'C' }] },
  ],
  [
    'strategic keeps the order it is told',
    strategic,
    { env: [{ name: 'A' }, { name: 'B' }] },
    { '$setElementOrder/env': [{ name: 'C' }, { name: 'B' }, { name: 'A' }], env: [{ name: 'C' }] },
    { env: [{ name: 'C' }, { name: 'B' }, { name: 'A' }] },
  ],
  ['strategic replaces atomic lists', strategic, { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
  [
    'strategic adds finalizers',
    strategic,
    { finalizers: ['a'] },
    { finalizers: ['b'] },
    { finalizers: ['a', 'b'] },
  ],
  [
    'strategic removes finalizers',
    strategic,
    { finalizers: ['a', 'b'] },
    { '$deleteFromPrimitiveList/finalizers': ['a'] },
    { finalizers: ['b'] },
  ],
  [
    'strategic retains only some keys',
    strategic,
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', secret: {}, $retainKeys: ['name', 'secret'] }] },
    { volumes: [{ name: 'v', secret: {} }] },
  ],
  ['json adds to lists', json, { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  ['json appends', json, { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['json removes, with escapes', json, { 'a/b': 1, c: 2 }, [{ op: 'remove', path: '/a~1b' }], { c: 2 }],
  ['json moves', json, { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  [
    'json tests',
    json,
    { a: 1 },
    [
      { op: 'test', path: '/a', value: 1 },
      { op: 'replace', path: '/a', value: 2 },
    ],
    { a: 2 },
  ],
];

test.each(cases)('%s', (_what, type, target, patch, result) => {
  const before = structuredClone(target);
  expect(applyPatch(type, target, patch)).toEqual(result);
  expect(target).toEqual(before);
});

test.each([
  [[{ op: 'test', path: '/a', value: 2 }]],
  [[{ op: 'remove', path: '/b' }]],
  [[{ op: 'replace', path: '/b', value: 1 }]],
  [[{ op: 'add', path: '/b/c', value: 1 }]],
  [[{ op: 'frob', path: '/a' }]],
  ['no list'],
])('refuses JSON patch %j', (patch) => {
  expect(() => applyPatch(json, { a: 1 }, patch)).toThrow(/the server rejected our request/);
});
