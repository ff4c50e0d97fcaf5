import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { grants } from './access-reviews.ts';
import { minimalRole, renderRole, roleRules } from './minimal-role.ts';
import { features, rightsOf } from './rights.ts';

test('the Role grants every right of the list, and nothing else', () => {
  const rules = roleRules('builds');
  for (const right of rightsOf(features)) {
    expect(
      rules.some((rule) => grants(rule, right, 'builds')),
      `${right.verb} ${right.resource}`,
    ).toBe(true);
  }
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    verbs.map((verb) => `${verb} ${apiGroups[0]}/${resources[0]}`),
  );
  const listed = rightsOf(features).map(({ verb, group, resource, subresource }) =>
    [`${verb} ${group}/${resource}`, subresource].filter((part) => part !== undefined).join('/'),
  );
  expect(granted.toSorted()).toEqual([...new Set(listed)].toSorted());
  expect(granted.filter((right) => right.includes('*'))).toEqual([]);
});

test('features can be left out, building can not', () => {
  const bare = roleRules('builds', features);
  expect(bare.map(({ resources }) => resources[0])).toEqual(['pods', 'pods/log', 'secrets']);
  expect(bare.find(({ resources }) => resources[0] === 'pods')?.verbs).not.toContain('patch');
  const withoutJobs = roleRules('builds', ['job']);
  expect(
    rightsOf(['heartbeat']).every((right) => withoutJobs.some((rule) => grants(rule, right, 'builds'))),
  ).toBe(true);
});

test('the YAML is the objects, with comments', () => {
  const options = { namespace: 'builds', subject: { kind: 'ServiceAccount', name: 'ci' } } as const;
  const text = renderRole(options);
  expect(parseAllDocuments(text).map((document) => document.toJS() as unknown)).toEqual(minimalRole(options));
  expect(text).toContain('  # build: create, to start the build\n');
  expect(minimalRole(options).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Role', 'RoleBinding']);
});

test('a user needs no service account', () => {
  const [role, binding] = minimalRole({ namespace: 'builds', subject: { kind: 'User', name: 'jane' } });
  expect(role?.kind).toBe('Role');
  expect(binding).toMatchObject({
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
  });
});
