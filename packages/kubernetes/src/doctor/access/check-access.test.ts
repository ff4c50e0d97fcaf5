import { onTestFinished, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { sampleRun } from '../../testing/launches.ts';
import { minimalRole } from './minimal-role.ts';

const [, role] = minimalRole({ namespace: 'builds' });
const printed = (role as unknown as { readonly rules: readonly object[] }).rules;
const blind = printed.filter((rule) => !JSON.stringify(rule).includes('"namespaces"'));
const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

const review = 'POST selfsubjectrulesreviews';

test.each([
  ['the printed Role', 'builds', { resourceRules: printed }, [review]],
  ['the Role of another namespace', 'other', { resourceRules: printed }, [review]],
  ['an administrator', 'builds', { resourceRules: everything }, [review, 'GET builds']],
  ['who may not look at namespaces', 'builds', { resourceRules: blind }, [review]],
  ['rules that are not all', 'builds', { resourceRules: blind, incomplete: true }, [review, 'GET builds']],
  ['a namespace that nobody can delete', 'default', { resourceRules: everything }, [review]],
  ['the namespace that the configuration names', 'agents', { resourceRules: everything }, [review]],
] as const)('%s: no more is asked than has to be', async (_name, namespace, rules, asked) => {
  const server = await startFakeApiServer();
  const cluster = createCluster({ ...server.connection, configuredNamespace: 'agents' });
  onTestFinished(async () => {
    await cluster.close();
    await server[Symbol.asyncDispose]();
  });
  let isMissing = false;
  server.onRequest = ({ method }) => {
    if (method === 'POST') return { kind: 'answer', code: 201, body: { status: rules } };
    const missing = status(404, 'NotFound', `namespaces "${namespace}" not found`).body;
    return isMissing ? { kind: 'answer', code: 404, body: missing } : { kind: 'answer', code: 200, body: {} };
  };
  const check = () => cluster.check({ namespace, isAttachNeeded: false }, sampleRun());
  expect(await check()).toEqual([]);
  expect(server.requests.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual(asked);
  isMissing = true;
  const codes = (await check()).map(({ code }) => code);
  expect(codes).toEqual(asked.length === 1 ? [] : ['namespace-missing']);
});
