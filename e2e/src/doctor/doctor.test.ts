import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createScriptedRuntime, type Sandbox, startSandbox } from '@kanikit/sandbox';
import { diagnose, type Finding, type KanikitOptions, minimalRole } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const tokens = { builder: 'builder-token', bare: 'bare-token', nobody: 'nobody-token' };
let folder: string;
let sandbox: Sandbox;

/** The Role that is printed, as rules of a user of the sandbox. */
async function rulesOf(without: Parameters<typeof minimalRole>[0]['without'] = []) {
  const { manifests } = await minimalRole({ namespace: 'default', without });
  const role = manifests.find(({ kind }) => kind === 'Role');
  const rules = (role?.['rules'] ?? []) as readonly Rule[];
  return rules.map((rule) => ({ ...rule, namespaces: ['default'] }));
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'kanikit-doctor-'));
  const runtime = createScriptedRuntime({
    script: async ({ run, print }) => {
      run();
      print('Kaniko version :  v1.24.0\n');
      return { exitCode: 0 };
    },
  });
  const everyone = { verbs: ['create'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] };
  sandbox = await startSandbox({
    folder: path.join(folder, 'sandbox'),
    ports: { api: 0, registry: 0, bucket: 0, bucketHttp: 0 },
    hasBaseImage: false,
    runtime,
    users: [
      { name: 'builder', token: tokens.builder, rules: [everyone, ...(await rulesOf())] },
      {
        name: 'bare',
        token: tokens.bare,
        rules: [
          everyone,
          ...(await rulesOf([
            'job',
            'prune',
            'cancel',
            'come-back',
            'heartbeat',
            'explain',
            'doctor',
            'quota',
          ])),
        ],
      },
      { name: 'nobody', token: tokens.nobody, rules: [everyone] },
    ],
  });
}, 60_000);

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

async function optionsOf(user: keyof typeof tokens, namespace = 'default'): Promise<KanikitOptions> {
  const { kubeconfig: file, token, bucket, authority, registry } = sandbox.description;
  const kubeconfig = path.join(folder, `${user}.kubeconfig`);
  await writeFile(kubeconfig, (await readFile(file, 'utf8')).replaceAll(token, tokens[user]));
  return {
    cluster: { kubeconfig, namespace },
    credentials: false,
    executor: { distribution: 'google', version: '1.24.0', image: `${registry}/kaniko:1` },
    insecureRegistries: [registry],
    store: {
      kind: 's3',
      bucket: bucket.bucket,
      endpoint: bucket.endpoint,
      region: bucket.region,
      credentials: { accessKeyId: bucket.accessKeyId, secretAccessKey: bucket.secretAccessKey },
      certificateAuthorities: authority,
    },
  };
}

const statusOf = (findings: readonly Finding[], check: string): string | undefined =>
  findings.find((finding) => finding.check === check)?.status;

test('with the printed Role everything can be told, and the executor runs', async () => {
  const settings = { destinations: [`${sandbox.description.registry}/app:1`] };
  const report = await diagnose(await optionsOf('builder'), { settings, isDeep: true });
  const notWell = report.findings.filter(({ status }) => status === 'problem' || status === 'warning');
  // The image is not in the registry of this sandbox, which never pulls: its absence is told.
  expect(notWell.map(({ check }) => check)).toEqual(['executor-image']);
  expect(statusOf(report.findings, 'nodes')).toBe('unknown');
  const well = [
    'server',
    'namespace',
    'rights',
    'pod',
    'quota',
    'limit-range',
    'service-account',
    'bucket',
    'registry',
  ];
  for (const check of [...well, 'executor-run'])
    expect([check, statusOf(report.findings, check)]).toEqual([check, 'ok']);
});

test('with few rights builds can run, and what is lost is told', async () => {
  const { findings } = await diagnose(await optionsOf('bare'));
  expect(findings.filter(({ status }) => status === 'problem').map(({ check }) => check)).toEqual([
    'executor-image',
  ]);
  const lost = findings.filter(({ status }) => status === 'warning').map(({ check }) => check);
  expect(lost).toEqual(
    expect.arrayContaining(['rights-explain', 'rights-heartbeat', 'rights-job', 'rights-prune']),
  );
  expect(statusOf(findings, 'quota')).toBe('unknown');
});

test('without rights builds can not run', async () => {
  const { canBuild, findings } = await diagnose(await optionsOf('nobody'));
  expect(canBuild).toBe(false);
  expect(statusOf(findings, 'rights-build')).toBe('problem');
  expect(statusOf(findings, 'pod')).toBe('unknown');
});

test('a namespace that does not exist', async () => {
  const options = await optionsOf('builder');
  const { findings } = await diagnose({
    ...options,
    cluster: { kubeconfig: sandbox.description.kubeconfig, namespace: 'nope' },
  });
  expect(findings.find(({ check }) => check === 'namespace')).toMatchObject({ code: 'namespace-missing' });
});

test('a pod that the cluster would refuse', async () => {
  const options = await optionsOf('builder');
  const settings = { pod: { priorityClass: 'no-such-class' } };
  const { findings } = await diagnose(options, { settings });
  expect(findings.find(({ check }) => check === 'pod')).toMatchObject({
    status: 'problem',
    code: 'priority-class-missing',
  });
});
