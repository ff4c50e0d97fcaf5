import { expect, test } from 'vitest';
import { applyJsonPatch, applyMergePatch, applyStrategicMerge } from './index.ts';

const merge = applyMergePatch;
const strategic = applyStrategicMerge;
const json = applyJsonPatch;
type Apply = typeof merge;
const container = (name: string, more: object = {}) => ({ name, image: 'x', ...more });

const cases: readonly (readonly [
  what: string,
  apply: Apply,
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
  [
    'strategic puts new items before those it does not name, as kubectl does',
    strategic,
    { containers: [container('a'), container('b'), container('c')] },
    { containers: [container('new'), { name: 'b', image: 'y' }] },
    { containers: [container('new'), container('a'), { name: 'b', image: 'y' }, container('c')] },
  ],
  [
    'strategic empties an object that is deleted, null removes it',
    strategic,
    { resources: { limits: {} }, affinity: { a: 1 } },
    { resources: { $patch: 'delete' }, affinity: null },
    { resources: {} },
  ],
  ['strategic replaces atomic lists', strategic, { args: ['a'] }, { args: ['b'] }, { args: ['b'] }],
  [
    'strategic adds finalizers',
    strategic,
    { finalizers: ['a'] },
    { finalizers: ['b'] },
    { finalizers: ['b', 'a'] },
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

test.each(cases)('%s', (_what, apply, target, patch, result) => {
  const before = structuredClone({ target, patch });
  expect(apply(target, patch)).toEqual(result);
  expect({ target, patch }).toEqual(before);
});

test.each([
  [[{ op: 'test', path: '/a', value: 2 }], 'test failed'],
  [[{ op: 'remove', path: '/b' }], 'missing value'],
  [[{ op: 'replace', path: '/b', value: 1 }], 'key does not exist'],
  [[{ op: 'add', path: '/b/c', value: 1 }], 'missing value'],
  [[{ op: 'frob', path: '/a' }], 'Unexpected kind: frob'],
  [[{ op: 'move', path: '/a' }], 'not a JSON pointer'],
  [[{ op: 'add' }], 'with a path'],
  ['no list', 'a list of operations'],
])('refuses JSON patch %j', (patch, words) => {
  expect(() => json({ a: 1 }, patch)).toThrow(
    expect.objectContaining({ code: 'patch-invalid', message: expect.stringContaining(words) }),
  );
});

test.each([
  [{ containers: [{ image: 'x' }] }, 'does not contain declared merge key: name'],
  [{ containers: [{ name: 'a', $patch: 'merge' }] }, 'unknown patch type'],
  [{ spec: { $patch: 'frob' } }, 'unknown patch type'],
  [{ volumes: [{ name: 'v', secret: {}, $retainKeys: ['name'] }] }, 'retainKeys'],
])('refuses strategic merge patch %j', (patch, words) => {
  const target = { spec: {}, containers: [container('a')], volumes: [{ name: 'v' }] };
  expect(() => strategic(target, patch)).toThrow(
    expect.objectContaining({ code: 'patch-invalid', message: expect.stringContaining(words) }),
  );
});

test.each([
  ['merge', merge, '{"a":{"__proto__":{"evil":1},"b":2}}'],
  ['strategic', strategic, '{"a":{"__proto__":{"evil":1},"$setElementOrder/__proto__":["x"],"b":2}}'],
] as const)('%s patches give no object other ancestors', (_name, apply, text) => {
  const { a } = apply({ a: {} }, JSON.parse(text)) as { readonly a: { readonly evil?: unknown } };
  expect(a).toEqual({ b: 2 });
  expect(a.evil).toBeUndefined();
  expect(Object.getPrototypeOf(a)).toBe(Object.prototype);
  expect(({} as { readonly evil?: unknown }).evil).toBeUndefined();
});

test.each(['/__proto__', '/__proto__/evil', '/a/__proto__'])('no JSON patch goes to %s', (path) => {
  expect(() => json({ a: {} }, [{ op: 'add', path, value: { evil: 1 } }])).toThrow(/no field has this name/);
});

test('operations on what was copied leave the original, the target and the patch as they are', () => {
  const target = { a: { list: [1] } };
  const patch = [
    { op: 'copy', from: '/a', path: '/b' },
    { op: 'add', path: '/b/list/-', value: { c: 1 } },
    { op: 'copy', from: '/b', path: '/d' },
    { op: 'add', path: '/d/list/1/e', value: 2 },
    { op: 'move', from: '/b', path: '/f' },
    { op: 'add', path: '/f/list/0', value: 0 },
  ];
  const before = JSON.stringify({ target, patch });
  expect(json(target, patch)).toEqual({
    a: { list: [1] },
    d: { list: [1, { c: 1, e: 2 }] },
    f: { list: [0, 1, { c: 1 }] },
  });
  expect(JSON.stringify({ target, patch })).toBe(before);
});

test('copies of copies, and more operations than the API server takes, are refused', () => {
  const doubling = Array.from({ length: 40 }, (_unused, index) => ({
    op: 'copy',
    from: '/a',
    path: `/a/${index}`,
  }));
  expect(() => json({ a: { b: 1 } }, doubling)).toThrow('copy more than 100000 values');
  const adding = Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/a', value: 1 }));
  expect(() => json({}, adding)).toThrow('maximum operations in a JSON patch is 10000, got 10001');
});
