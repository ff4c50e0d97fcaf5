import { diagnose, type Finding, type KanikitOptions, minimalRole } from '@kanikit/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StartTestCluster, TestCluster, TestRule } from '../clusters/test-cluster.ts';
import { pushEmptyImage } from '../parts/push-empty-image.ts';
import { credentialsFor } from '../parts/registry-access.ts';
import { storeIn } from '../parts/store-in.ts';

type LeftOut = Parameters<typeof minimalRole>[0]['without'];

/** All that a Role can be without. */
const everythingElse: LeftOut = [
  'job',
  'prune',
  'cancel',
  'come-back',
  'heartbeat',
  'explain',
  'doctor',
  'quota',
];
/** What a real cluster lets everybody ask. */
const aboutOneself: TestRule = {
  apiGroups: ['authorization.k8s.io'],
  resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  verbs: ['create'],
};

/** The doctor, by the SDK, as users with more and less rights: the same tests on the sandbox and on a real Kubernetes. */
export function describeDoctor(name: string, start: StartTestCluster): void {
  describe(`the doctor of ${name}`, () => {
    let target: TestCluster;
    /** A copy of the executor in the cluster's registry. The sandbox runs its own whatever the image holds. */
    let image: string;

    beforeAll(async () => {
      target = await start();
      const repository = 'kaniko-project/executor';
      image = `${target.registry}/${repository}:v1.24.0`;
      if (target.name === 'sandbox') await pushEmptyImage(target, repository, 'v1.24.0');
    });
    afterAll(async () => {
      await target?.[Symbol.asyncDispose]();
    });

    function optionsWith(kubeconfig: string, namespace: string = target.namespace): KanikitOptions {
      return {
        cluster: { kubeconfig, namespace },
        credentials: credentialsFor(target),
        executor: { distribution: 'google', version: '1.24.0', image },
        insecureRegistries: [target.registry],
        store: storeIn(target.bucket, target.authority),
      };
    }

    /** As somebody with the printed Role, or a part of it. */
    async function optionsOf(without: LeftOut = []): Promise<KanikitOptions> {
      const { manifests } = await minimalRole({ namespace: target.namespace, without });
      const role = manifests.find(({ kind }) => kind === 'Role');
      const rules = (role?.['rules'] ?? []) as readonly TestRule[];
      return optionsWith(await target.userWith([aboutOneself, ...rules]));
    }

    test('with the printed Role everything can be told, and the executor runs', async () => {
      const settings = { destinations: [`${target.registry}/app:1`] };
      const report = await diagnose(await optionsOf(), { settings, isDeep: true });
      const notWell = report.findings.filter(({ status }) => status === 'problem' || status === 'warning');
      // A cluster that was started long ago has a certificate that ends soon: no matter of rights.
      expect(notWell.filter(({ check }) => check !== 'certificate')).toEqual([]);
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
        'executor-image',
        'executor-run',
      ];
      for (const check of well) expect([check, statusOf(report.findings, check)]).toEqual([check, 'ok']);
    });

    test('with few rights builds can run, and what is lost is told', async () => {
      const { canBuild, findings } = await diagnose(await optionsOf(everythingElse));
      expect(canBuild).toBe(true);
      expect(findings.filter(({ status }) => status === 'problem')).toEqual([]);
      const lost = findings.filter(({ status }) => status === 'warning').map(({ check }) => check);
      expect(lost).toEqual(
        expect.arrayContaining(['rights-explain', 'rights-heartbeat', 'rights-job', 'rights-prune']),
      );
      expect(statusOf(findings, 'quota')).toBe('unknown');
    });

    test('without rights builds can not run', async () => {
      const { canBuild, findings } = await diagnose(optionsWith(await target.userWith([aboutOneself])));
      expect(canBuild).toBe(false);
      expect(statusOf(findings, 'rights-build')).toBe('problem');
      expect(statusOf(findings, 'pod')).toBe('unknown');
    });

    test('a namespace that does not exist', async () => {
      const { findings } = await diagnose(optionsWith(target.kubeconfig, 'nope'));
      expect(findings.find(({ check }) => check === 'namespace')).toMatchObject({
        code: 'namespace-missing',
      });
    });

    test('a pod that the cluster would refuse', async () => {
      const settings = { pod: { priorityClass: 'no-such-class' } };
      const { findings } = await diagnose(await optionsOf(), { settings });
      expect(findings.find(({ check }) => check === 'pod')).toMatchObject({
        status: 'problem',
        code: 'priority-class-missing',
      });
    });
  });
}

const statusOf = (findings: readonly Finding[], check: string): string | undefined =>
  findings.find((finding) => finding.check === check)?.status;
