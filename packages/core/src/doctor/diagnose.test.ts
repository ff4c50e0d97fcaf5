import { describe, expect, test } from 'vitest';
import { type Cluster, type ClusterExamination, type Finding, KanikitError } from '@kanikit/spec';
import { createScriptedCluster, type PodScript } from '../testing/scripted-cluster.ts';
import { createScriptedEnvironment, createScriptedStore } from '../testing/scripted-context.ts';
import { diagnose, type DoctorReport, type DoctorSettings } from './diagnose.ts';
import type { DoctorTools } from './doctor-tools.ts';

const unreachable = new KanikitError({ code: 'registry-unreachable', message: 'Asking r: no.', hint: 'h' });

const tools: DoctorTools = {
  locateCredential: async () => 'docker-credential-x, named in config.json',
  pingRegistry: async () => ({ kind: 'accepted', status: 200 }),
  lookUpImage: async () => ({ kind: 'found', platforms: ['linux/amd64'] }),
};

interface Played {
  readonly report: DoctorReport;
  readonly asked: readonly ClusterExamination[];
  readonly pods: ReadonlySet<string>;
}

async function play(
  settings: Partial<DoctorSettings> = {},
  options: {
    readonly tools?: Partial<DoctorTools>;
    readonly environment?: Parameters<typeof createScriptedEnvironment>[1];
    readonly cluster?: Cluster | KanikitError;
    readonly findings?: readonly Finding[];
    readonly script?: PodScript;
    readonly isDeep?: boolean;
  } = {},
): Promise<Played> {
  const asked: ClusterExamination[] = [];
  const scripted = createScriptedCluster(() => options.script ?? {});
  const examine: Cluster['examine'] = async (examination) => {
    asked.push(examination);
    return options.findings ?? [{ check: 'server', title: 'API server', status: 'ok', message: 'there' }];
  };
  const environment = createScriptedEnvironment(scripted, options.environment);
  const report = await diagnose(
    { destinations: ['registry.example/app:1'], ...settings },
    {
      cluster: options.cluster ?? { ...scripted, examine },
      environment,
      tools: { ...tools, ...options.tools },
      isDeep: options.isDeep ?? false,
    },
    { signal: new AbortController().signal, now: Date.now },
  );
  return { report, asked, pods: scripted.pods };
}

const found = ({ findings }: DoctorReport, check: string): Finding | undefined =>
  findings.find((finding) => finding.check === check);

test('all is well: the cluster is shown the very pod of a build', async () => {
  const { report, asked } = await play(
    { pod: { serviceAccount: 'ci', limits: { memory: '2Gi' } }, platform: 'linux/arm64' },
    { tools: { lookUpImage: async () => ({ kind: 'found', platforms: ['linux/amd64', 'linux/arm64'] }) } },
  );
  expect(report.findings.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(report.canBuild).toBe(true);
  expect(asked[0]).toMatchObject({
    isAttachNeeded: true,
    launch: {
      serviceAccount: 'ci',
      limits: { memory: '2Gi' },
      nodeSelector: { 'kubernetes.io/arch': 'arm64' },
      isStdinUsed: true,
    },
  });
});

test('a cluster that can not be found is a finding; the rest is looked at all the same', async () => {
  const error = new KanikitError({ code: 'kubeconfig-missing', message: 'No cluster.', hint: 'Name one.' });
  const { report } = await play({}, { cluster: error });
  expect(report.canBuild).toBe(false);
  expect(found(report, 'server')).toMatchObject({
    status: 'problem',
    code: 'kubeconfig-missing',
    hint: 'Name one.',
  });
  expect(found(report, 'registry')?.status).toBe('ok');
  expect(found(report, 'executor-image')?.status).toBe('ok');
});

test('settings that are wrong are findings; the cluster is asked about the rest', async () => {
  const { report, asked } = await play({ destinations: ['Bad Name'] });
  expect(found(report, 'settings')).toMatchObject({ status: 'problem', code: 'image-reference-invalid' });
  expect(found(report, 'registry')).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('credentials that can not be had are a finding, told once for the settings', async () => {
  const failed = new KanikitError({
    code: 'credential-helper-failed',
    message: 'Asking x: no.',
    hint: 'Repair it.',
  });
  const { report } = await play({}, { environment: { loadDockerConfig: () => Promise.reject(failed) } });
  expect(found(report, 'settings')).toMatchObject({ status: 'problem', code: 'credential-helper-failed' });
});

describe('the executor image', () => {
  test.each<[string, Partial<DoctorTools>, Finding['status'], RegExp]>([
    [
      'is missing',
      { lookUpImage: async () => ({ kind: 'missing', status: 404 }) },
      'problem',
      /does not have/,
    ],
    ['needs a log-in', { lookUpImage: async () => ({ kind: 'denied', status: 401 }) }, 'warning', /log-in/],
    ['can not be seen from here', { lookUpImage: () => Promise.reject(unreachable) }, 'unknown', /from here/],
    [
      'gets a strange answer',
      { lookUpImage: async () => ({ kind: 'strange', status: 502 }) },
      'unknown',
      /502/,
    ],
  ])('%s', async (_title, changed, status, message) => {
    const { report } = await play({}, { tools: changed });
    expect(found(report, 'executor-image')).toMatchObject({
      status,
      message: expect.stringMatching(message) as string,
    });
  });

  test('is not made for the platform', async () => {
    const { report } = await play({ platform: 'linux/arm64' });
    expect(found(report, 'executor-image')).toMatchObject({ status: 'problem' });
  });
});

describe('a registry', () => {
  test.each<[string, Partial<DoctorTools>, Finding['status'], RegExp]>([
    ['takes the credential', {}, 'ok', /answers; credentials from docker-credential-x/],
    ['refuses it', { pingRegistry: async () => ({ kind: 'refused', status: 401 }) }, 'problem', /refuses/],
    [
      'wants one that is not there',
      {
        locateCredential: async () => undefined,
        pingRegistry: async () => ({ kind: 'refused', status: 401 }),
      },
      'warning',
      /no credentials/,
    ],
    [
      'is open',
      { locateCredential: async () => undefined, pingRegistry: async () => ({ kind: 'open', status: 200 }) },
      'ok',
      /without a log-in/,
    ],
    [
      'is none',
      { pingRegistry: async () => ({ kind: 'strange', status: 404 }) },
      'warning',
      /not as a registry/,
    ],
    ['does not answer', { pingRegistry: () => Promise.reject(unreachable) }, 'warning', /Asking r: no\./],
  ])('%s', async (_title, changed, status, message) => {
    const { report } = await play({}, { tools: changed });
    expect(found(report, 'registry')).toMatchObject({
      status,
      message: expect.stringMatching(message) as string,
    });
  });

  test('with an existing secret, local credentials do not count', async () => {
    const { report } = await play(
      { pod: { registrySecret: 'dockercred' } },
      { tools: { locateCredential: () => Promise.reject(unreachable) } },
    );
    expect(found(report, 'registry')).toMatchObject({
      status: 'ok',
      message: 'answers; builds log in with the secret dockercred',
    });
  });
});

test('a bucket that refuses is a problem; one that can sign says so', async () => {
  const store = createScriptedStore();
  const denied = new KanikitError({ code: 'bucket-denied', message: 'No.', hint: 'Ask.' });
  const { report } = await play(
    {},
    { environment: { store: { ...store, check: () => Promise.reject(denied) } } },
  );
  expect(found(report, 'bucket')).toMatchObject({ status: 'problem', code: 'bucket-denied', hint: 'Ask.' });
  const { report: well, asked } = await play({}, { environment: { store } });
  expect(found(well, 'bucket')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('signed URLs') as string,
  });
  expect(asked[0]?.isAttachNeeded).toBe(false);
});

test.each([
  [undefined, 'problem', false],
  ['stdin', 'warning', true],
] as const)(
  'a bucket that executors can not read, delivery %s: a %s',
  async (contextDelivery, status, canBuild) => {
    const abilities = { possible: [], reasons: { 'signed-url': 'no key to sign with' } };
    const store = createScriptedStore({ abilities });
    const { report } = await play({ contextDelivery }, { environment: { store } });
    expect(found(report, 'bucket')).toMatchObject({
      status,
      code: 'delivery-unsupported',
      message: expect.stringContaining('no key to sign with') as string,
    });
    expect(report.canBuild).toBe(canBuild);
    expect(report.findings.filter(({ code }) => code === 'delivery-unsupported')).toHaveLength(1);
  },
);

describe('a deep look', () => {
  const log = 'Kaniko version :  v1.28.3\n';

  test('runs the executor, without secrets, and removes its pod', async () => {
    const script = { log, result: { exitCode: 0, terminationMessage: undefined } };
    const { report, pods } = await play({}, { isDeep: true, script });
    expect(found(report, 'executor-run')?.message).toMatch(/Kaniko version/);
    expect(pods.size).toBe(0);
  });

  test.each([
    ['google@1.24.0', 'v1.29.0', 'osscontainertools@1.29.0'],
    ['google@1.24.0', 'v1.9.2', 'google@1.9.2'],
    ['osscontainertools@1.28.3', 'v1.29.0-dev', 'osscontainertools@1.29.0'],
    ['osscontainertools@1.28.3', 'v1.9.2', 'google@1.9.2'],
    ['osscontainertools@1.28.3', 'v1.24.0-5', 'osscontainertools@1.24.0-5'],
    ['osscontainertools@1.24.0-5', 'v1.24.0-5', undefined],
  ])('of %s that is %s advises %s', async (chosen, real, advised) => {
    const [distribution, version] = chosen.split('@') as ['google' | 'osscontainertools', string];
    const script = { log: `Kaniko version :  ${real}\n`, result: { exitCode: 0 } };
    const { report } = await play({ executor: { distribution, version } }, { isDeep: true, script });
    const hint =
      advised === undefined ? undefined : `Name the release that the image holds: \`executor: ${advised}\`.`;
    expect(found(report, 'executor-run')?.hint).toBe(hint);
  });

  test('tells why it can not run, with advice', async () => {
    const result = {
      cause: 'never-started',
      exitCode: undefined,
      reason: 'ErrImagePull',
      message: 'no',
      hint: 'Ask.',
    } as const;
    const { report, pods } = await play({}, { isDeep: true, script: { log: '', result } });
    expect(found(report, 'executor-run')).toMatchObject({
      status: 'problem',
      message: 'never-started: ErrImagePull: no',
      hint: 'Ask.',
    });
    expect(pods.size).toBe(0);
    expect(report.canBuild).toBe(false);
  });

  test('is not tried where something else is wrong', async () => {
    const findings: readonly Finding[] = [{ check: 'pod', title: 'Pod', status: 'problem', message: 'no' }];
    const { report } = await play({}, { isDeep: true, findings });
    expect(found(report, 'executor-run')).toBeUndefined();
  });
});
