import { afterEach, describe, expect, test } from 'vitest';
import type { Finding } from '@kanikit/spec';
import { rightsOf, features, fullResource } from './access/rights.ts';
import type { ClusterConnection } from '../api/connection/cluster-connection.ts';
import { createCluster } from '../create-cluster.ts';
import { type Fault, type SeenRequest, startFakeApiServer } from '../testing/fake-api-server.ts';
import { status } from '../testing/fake-store.ts';
import { sampleLaunch, sampleRun } from '../testing/launches.ts';

type Answers = Readonly<Record<string, Fault | object>>;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const everything = rightsOf(features).map((right) => ({
  verbs: [right.verb],
  apiGroups: [right.group],
  resources: [fullResource(right)],
}));

/** A cluster where all is well. */
const well: Answers = {
  'GET /version': { major: '1', minor: '34', gitVersion: 'v1.34.4' },
  'GET /api/v1/namespaces/default': { metadata: { name: 'default' }, status: { phase: 'Active' } },
  'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': { status: { resourceRules: everything } },
  'GET /api/v1/namespaces/default/resourcequotas': { items: [] },
  'GET /api/v1/namespaces/default/limitranges': { items: [] },
  'GET /api/v1/namespaces/default/serviceaccounts/default': { metadata: { name: 'default' } },
  'GET /api/v1/nodes': { items: [node('n1')] },
};

function node(name: string, more: { spec?: object; ready?: string; cpu?: string } = {}): object {
  return {
    metadata: { name, labels: { 'kubernetes.io/arch': 'amd64' } },
    spec: more.spec ?? {},
    status: {
      allocatable: { cpu: more.cpu ?? '4', memory: '8Gi', 'ephemeral-storage': '100Gi' },
      conditions: [{ type: 'Ready', status: more.ready ?? 'True' }],
      nodeInfo: { architecture: 'amd64' },
    },
  };
}

function denied(): Fault {
  const words = 'x is forbidden: User "u" cannot get resource "x" in API group "" in the namespace "default"';
  return { kind: 'answer', code: 403, body: status(403, 'Forbidden', words).body };
}

async function examine(
  answers: Answers = {},
  options: {
    readonly launch?: object;
    readonly isAttachNeeded?: boolean;
    readonly connection?: Partial<ClusterConnection>;
  } = {},
): Promise<{ readonly findings: readonly Finding[]; readonly requests: readonly SeenRequest[] }> {
  const server = await startFakeApiServer();
  cleanups.push(() => server[Symbol.asyncDispose]());
  const all = { ...well, ...answers };
  server.onRequest = (request) => {
    const key = `${request.method} ${request.path}`;
    const answer = all[key];
    if (key === 'POST /api/v1/namespaces/default/pods' && answer === undefined) {
      return { kind: 'answer', code: 201, body: JSON.parse(request.body) as object };
    }
    if (answer === undefined) return undefined;
    return 'kind' in answer ? (answer as Fault) : { kind: 'answer', code: 200, body: answer };
  };
  const cluster = createCluster({ ...server.connection, ...options.connection });
  cleanups.push(() => cluster.close());
  const launch = sampleLaunch(options.launch);
  const findings = await cluster.examine?.(
    { launch, isAttachNeeded: options.isAttachNeeded ?? false },
    sampleRun(),
  );
  return { findings: findings ?? [], requests: server.requests };
}

const found = (findings: readonly Finding[], check: string): Finding | undefined =>
  findings.find((finding) => finding.check === check);

test('a cluster where all is well', async () => {
  const { findings, requests } = await examine();
  expect(findings.filter(({ status: is }) => is !== 'ok')).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    'server',
    'credential',
    'clock',
    'namespace',
    'rights',
    'pod',
    'quota',
    'limit-range',
    'service-account',
    'nodes',
  ]);
  const [trial] = requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/pods'));
  expect(trial?.query.get('dryRun')).toBe('All');
});

test('a server that is away is asked nothing more', async () => {
  const { findings } = await examine({}, { connection: { server: 'http://127.0.0.1:1' } });
  expect(findings.map(({ check }) => check)).toEqual(['server', 'credential']);
  expect(found(findings, 'server')).toMatchObject({ status: 'problem', code: 'cluster-unreachable' });
});

test('something else than Kubernetes answers', async () => {
  const { findings } = await examine({ 'GET /version': { welcome: true } });
  expect(found(findings, 'server')).toMatchObject({
    status: 'problem',
    message: expect.stringContaining('not as a Kubernetes API server') as string,
  });
});

test('a client with few rights learns what it can, and nothing fails for what it can not see', async () => {
  const review = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const rules = everything.filter(({ resources }) => /^(?:pods|pods\/log|secrets)$/.test(resources[0] ?? ''));
  const { findings } = await examine({
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': { status: { resourceRules: rules } },
    [review]: { status: { allowed: false } },
    'GET /api/v1/namespaces/default': denied(),
    'GET /api/v1/namespaces/default/resourcequotas': denied(),
    'GET /api/v1/namespaces/default/limitranges': denied(),
    'GET /api/v1/namespaces/default/serviceaccounts/default': denied(),
    'GET /api/v1/nodes': denied(),
  });
  expect(findings.filter(({ status: is }) => is === 'problem')).toEqual([]);
  const unseen = findings.filter(({ status: is }) => is === 'unknown').map(({ check }) => check);
  expect(unseen).toEqual(['namespace', 'quota', 'limit-range', 'service-account', 'nodes']);
  expect(found(findings, 'rights-stdin')).toMatchObject({
    status: 'warning',
    message:
      'missing: get, create pods/attach. Without: contexts can not be streamed to the executor: they need a bucket',
  });
  expect(found(findings, 'rights-build')).toBeUndefined();
});

test('rights that builds can not do without are problems; streaming counts where it is used', async () => {
  const denies: Answers = {
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': { status: { resourceRules: [] } },
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: { allowed: false } },
    'POST /api/v1/namespaces/default/pods': denied(),
  };
  const { findings, requests } = await examine(denies, { isAttachNeeded: true });
  expect(found(findings, 'rights-build')?.status).toBe('problem');
  expect(found(findings, 'rights-stdin')?.status).toBe('problem');
  expect(found(findings, 'rights-job')?.status).toBe('warning');
  expect(found(findings, 'pod')).toMatchObject({
    status: 'unknown',
    message: 'can not be tried without the right to create pods',
  });
  // Several features use the same right: it is asked for once.
  const asked = requests
    .filter(({ path }) => path.endsWith('selfsubjectaccessreviews'))
    .map(({ body }) => body);
  expect(new Set(asked).size).toBe(asked.length);
});

describe('the pod of a build', () => {
  const pods = 'POST /api/v1/namespaces/default/pods';
  const refusal = (code: number, words: string): Fault => ({
    kind: 'answer',
    code,
    body: status(code, 'Forbidden', words).body,
  });

  test.each<[string, string, string, string]>([
    [
      'violates PodSecurity "restricted:latest": runAsUser=0 (x)',
      'problem',
      'pod-security-refused',
      'no root',
    ],
    [
      'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
      'warning',
      'quota-exceeded',
      'pods 2 of 2 used',
    ],
    ['failed quota: q: must specify limits.cpu for: kaniko', 'problem', 'amounts-missing', 'limits.cpu'],
    ['no PriorityClass with name p was found', 'problem', 'priority-class-missing', 'no PriorityClass'],
  ])('%s', async (words, is, code, told) => {
    const { findings } = await examine({ [pods]: refusal(403, `pods "p" is forbidden: ${words}`) });
    expect(found(findings, 'pod')).toMatchObject({ status: is, code });
    expect(found(findings, 'pod')?.message).toContain(told);
  });

  test('a webhook without dry run leaves it open', async () => {
    const words = 'admission webhook "w" does not support dry run';
    const { findings } = await examine({ [pods]: refusal(400, words) });
    expect(found(findings, 'pod')).toMatchObject({ status: 'unknown' });
  });

  test('what admission makes of it is told', async () => {
    const limits = { memory: '1Gi' };
    const containers = [
      { name: 'kaniko', image: 'mirror/kaniko:1', resources: { limits } },
      { name: 'proxy' },
    ];
    const { findings } = await examine({
      [pods]: {
        kind: 'answer',
        code: 201,
        body: { spec: { initContainers: [{ name: 'mesh-init' }], containers } },
        headers: { warning: '299 - "would violate PodSecurity \\"restricted:latest\\": runAsUser=0"' },
      },
    });
    expect(found(findings, 'pod')).toMatchObject({
      status: 'warning',
      message:
        'is admitted; containers put in by the cluster: mesh-init, proxy; the executor image becomes mirror/kaniko:1; limits set by the namespace: memory 1Gi; the server warns: would violate PodSecurity "restricted:latest": runAsUser=0',
    });
  });
});

describe('quota', () => {
  const quotaOf = (hard: object, used: object): Answers => ({
    'GET /api/v1/namespaces/default/resourcequotas': {
      items: [{ metadata: { name: 'q' }, status: { hard, used } }],
    },
  });
  const launch = { limits: { memory: '2Gi', cpu: '500m' } };

  test.each<[string, Answers, string, RegExp]>([
    [
      'room is told by the tightest amount',
      quotaOf({ pods: '10', 'limits.memory': '8Gi' }, { pods: '1', 'limits.memory': '1Gi' }),
      'ok',
      /^room for 3 of such builds at once \(limits\.memory\)/,
    ],
    ['a full one makes builds wait', quotaOf({ pods: '2' }, { pods: '2' }), 'warning', /^room for 0/],
    [
      'one that is too small for a single build',
      quotaOf({ 'limits.memory': '1Gi' }, { 'limits.memory': '0' }),
      'problem',
      /more limits\.memory than the whole quota has/,
    ],
    [
      'a limit is a request, too',
      quotaOf({ 'requests.cpu': '1' }, { 'requests.cpu': '0' }),
      'ok',
      /^room for 2/,
    ],
    [
      'what builds do not use bounds nothing',
      quotaOf({ services: '1' }, { services: '1' }),
      'ok',
      /none of it bounds/,
    ],
  ])('%s', async (_title, answers, is, message) => {
    const { findings } = await examine(answers, { launch });
    expect(found(findings, 'quota')?.status).toBe(is);
    expect(found(findings, 'quota')?.message).toMatch(message);
  });
});

describe('nodes', () => {
  const nodesOf = (...items: readonly object[]): Answers => ({ 'GET /api/v1/nodes': { items } });
  const taints = [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }];

  test('those that do not take a build are told with the reason', async () => {
    const answers = nodesOf(
      node('a'),
      node('b', { spec: { taints } }),
      node('c', { spec: { unschedulable: true } }),
      node('d', { ready: 'Unknown' }),
      node('e', { cpu: '1' }),
    );
    const { findings } = await examine(answers, { launch: { limits: { cpu: '2' } } });
    expect(found(findings, 'nodes')).toMatchObject({
      status: 'ok',
      message:
        '1 of 5 (5 amd64) take builds, the others do not: 1 with the taint gpu=yes, 1 closed for new pods (cordoned), 1 not ready, 1 with too little cpu; the largest have 4 cpu, 8Gi memory, 100Gi ephemeral-storage',
    });
  });

  test('no node takes a build', async () => {
    const { findings } = await examine(nodesOf(node('a')), {
      launch: { nodeSelector: { 'kubernetes.io/arch': 'arm64' } },
    });
    expect(found(findings, 'nodes')).toMatchObject({
      status: 'problem',
      message: 'none of 1 (1 amd64) takes a build: 1 without kubernetes.io/arch=arm64',
    });
  });

  test('a toleration opens a node', async () => {
    const tolerations = [{ key: 'gpu', operator: 'Exists' }];
    const { findings } = await examine(nodesOf(node('a', { spec: { taints } })), { launch: { tolerations } });
    expect(found(findings, 'nodes')?.status).toBe('ok');
  });
});

test.each<[string, Answers, object, Partial<Finding>]>([
  [
    'namespace',
    {
      'GET /api/v1/namespaces/default': {
        kind: 'answer',
        code: 404,
        body: status(404, 'NotFound', 'no').body,
      },
    },
    {},
    { status: 'problem', code: 'namespace-missing' },
  ],
  [
    'namespace',
    { 'GET /api/v1/namespaces/default': { metadata: {}, status: { phase: 'Terminating' } } },
    {},
    { status: 'problem', code: 'namespace-terminating' },
  ],
  [
    'namespace',
    {
      'GET /api/v1/namespaces/default': {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
    },
    {},
    { status: 'warning' },
  ],
  [
    'service-account',
    {
      'GET /api/v1/namespaces/default/serviceaccounts/ci': {
        kind: 'answer',
        code: 404,
        body: status(404, 'NotFound', 'no').body,
      },
    },
    { serviceAccount: 'ci' },
    { status: 'problem', code: 'service-account-missing' },
  ],
  [
    'pull-secret',
    {},
    { imagePullSecrets: ['regcred'] },
    { status: 'warning', message: 'regcred does not exist' },
  ],
  [
    'pull-secret',
    { 'GET /api/v1/namespaces/default/secrets/regcred': { type: 'Opaque' } },
    { imagePullSecrets: ['regcred'] },
    { status: 'warning', message: 'regcred is of the type Opaque, which nodes do not pull with' },
  ],
  [
    'registry-secret',
    {},
    { secretFiles: [], registrySecret: { name: 'dockercred', folder: '/kaniko/.docker' } },
    { status: 'problem', message: 'dockercred does not exist' },
  ],
])('%s, case %#', async (check, answers, launch, expected) => {
  const { findings } = await examine(answers, { launch });
  expect(found(findings, check)).toMatchObject(expected);
});

describe('credential', () => {
  const token = (exp: number): string => `x.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.y`;
  const now = Date.now() / 1000;

  test.each<[string, ClusterConnection['credential'], string, RegExp]>([
    ['expired', { token: token(now - 10) }, 'problem', /has expired/],
    ['short', { token: token(now + 600) }, 'warning', /valid for (?:9|10) min/],
    ['renewed', async () => ({ token: token(now + 600) }), 'ok', /renewed by itself/],
    ['long', { token: token(now + 90_000) }, 'ok', /valid for 24 hours|valid for 25 hours/],
    ['opaque', { token: 'abc' }, 'ok', /^a token$/],
    ['none', undefined, 'warning', /anonymous/],
    ['basic', { basic: { username: 'u', password: 'secret-word' } }, 'ok', /^name and password$/],
  ])('%s', async (_title, credential, is, message) => {
    const { findings } = await examine({}, { connection: { credential } });
    expect(found(findings, 'credential')?.status).toBe(is);
    expect(found(findings, 'credential')?.message).toMatch(message);
    expect(JSON.stringify(findings)).not.toContain('secret-word');
  });
});

test('a clock that is off, and an old release', async () => {
  const { findings } = await examine({
    'GET /version': {
      kind: 'answer',
      code: 200,
      body: { major: '1', minor: '24+', gitVersion: 'v1.24.0' },
      headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
    },
  });
  expect(found(findings, 'server')?.status).toBe('warning');
  expect(found(findings, 'clock')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/36\d\d s ahead/) as string,
  });
});
