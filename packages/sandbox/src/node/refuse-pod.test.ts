import { expect, test } from 'vitest';
import { podSpec } from '../kubernetes/schema/pod-schema.ts';
import type { Schema } from '../kubernetes/schema/schema.ts';
import { type FieldRefusal, type FieldTable, type FieldVerdict, podFields } from './pod-fields.ts';
import type { PodSpec } from './pod-spec.ts';
import { refusePod } from './refuse-pod.ts';

const plain = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'executor' }] };

function isVerdict(rule: FieldVerdict | FieldTable): rule is FieldVerdict {
  return typeof rule === 'string' || typeof rule['refused'] === 'string';
}

/** Every field of the table that is no table itself. */
function* leaves(
  table: FieldTable,
  path: readonly string[] = [],
): Generator<readonly [string, FieldVerdict]> {
  for (const [name, rule] of Object.entries(table)) {
    if (isVerdict(rule)) yield [[...path, name].join('.'), rule];
    else yield* leaves(rule, [...path, name]);
  }
}

const lists = new Set(
  [
    'containers',
    'volumes',
    'env',
    'envFrom',
    'volumeMounts',
    'sources',
    'items',
    'topologySpreadConstraints',
  ].concat('requiredDuringSchedulingIgnoredDuringExecution'),
);

/** A pod with this value at this path, and else nothing but what every pod has. */
function podWith(path: string, value: unknown): PodSpec {
  const [top = '', ...names] = path.split('.');
  const made = names.reduceRight<unknown>((inner, name, index) => {
    const object = { [name]: inner };
    return lists.has(names[index - 1] ?? top) ? [object] : object;
  }, value);
  const own =
    top === 'containers'
      ? { containers: [{ ...plain.containers[0], ...(made as object[])[0] }] }
      : { [top]: made };
  return { ...plain, ...own } as PodSpec;
}

const isRefusal = (entry: readonly [string, FieldVerdict]): entry is [string, FieldRefusal] =>
  typeof entry[1] !== 'string';
const fields = [...leaves(podFields)];
const values = ['no such', true, false, 7];

test.each(fields.filter(isRefusal))('refuses %s', (path, { refused, when }) => {
  const value = values.find((candidate) => when === undefined || when(candidate));
  const words = refusePod(podWith(path, value));
  expect(words).toContain(refused);
  expect(words?.replaceAll('[0]', '')).toContain(`(spec.${path})`);
});

test.each(fields.filter((entry) => !isRefusal(entry)))('does not refuse %s', (path) => {
  const isUser = path.endsWith('runAsNonRoot');
  expect(refusePod(podWith(path, isUser ? false : 'any'))).toBeUndefined();
});

test.each<[string, object]>([
  ['probes that are empty', { containers: [{ ...plain.containers[0], livenessProbe: null, tty: false }] }],
  ['lists without entries', { initContainers: [], readinessGates: [], volumes: [], resources: {} }],
  ['what a cluster has by default', { hostUsers: true, os: { name: 'linux' }, hostNetwork: true }],
  [
    'profiles of the runtime',
    { securityContext: { seccompProfile: { type: 'RuntimeDefault' }, fsGroup: 0, supplementalGroups: [1] } },
  ],
  [
    'capabilities that it gives',
    {
      containers: [
        { ...plain.containers[0], securityContext: { capabilities: { add: ['CHOWN', 'CAP_KILL', 'ALL'] } } },
      ],
    },
  ],
])('takes %s', (_what, spec) => {
  expect(refusePod({ ...plain, ...spec } as PodSpec)).toBeUndefined();
});

test('the table has the fields that the API has', () => {
  expect(differences(podFields, podSpec, 'spec')).toEqual([]);
});

function differences(rule: FieldVerdict | FieldTable, schema: Schema, path: string): readonly string[] {
  if (isVerdict(rule)) return [];
  if (typeof schema === 'string') return [`${path} is ${schema} in the API`];
  if ('list' in schema) return differences(rule, schema.list, path);
  if ('map' in schema) return [`${path} is a map in the API`];
  const names = new Set([...Object.keys(rule), ...Object.keys(schema.fields)]);
  return [...names].flatMap((name) => {
    const [own, other] = [rule[name], schema.fields[name]];
    if (own === undefined || other === undefined) return [`${path}.${name} is in one of them only`];
    return differences(own, other, `${path}.${name}`);
  });
}
