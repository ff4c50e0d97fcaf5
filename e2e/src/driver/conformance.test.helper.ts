import { createHash } from 'node:crypto';
import { type ClusterPod, KanikitError, type PodLaunch } from '@kanikit/spec';
import type { Cluster } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leftovers, type StartTestCluster, type TestCluster } from '../clusters/test-cluster.ts';
import {
  connect,
  endOf,
  expectedTalk,
  launchOf,
  minimalRules,
  observe,
  readLog,
  runContext,
  splitTalk,
} from './launch.ts';

/** What the driver must do on any cluster: the same tests for the sandbox and for a real one. Where they differ, the sandbox is wrong. */
export function describeDriver(name: string, start: StartTestCluster): void {
  describe(`the driver on ${name}`, () => {
    let target: TestCluster;
    let cluster: Cluster;
    /** Of a user with the Role that `kanikit doctor --print-role` prints, and nothing else. */
    let kubeconfig: string;
    const run = runContext(900_000);

    beforeAll(async () => {
      target = await start();
      kubeconfig = await target.userWith(minimalRules(target.namespace));
      cluster = await connect(kubeconfig, { eventsAfterMs: 200 });
    });
    afterAll(async () => {
      await cluster?.close();
      await target?.[Symbol.asyncDispose]();
    });
    afterEach(async () => {
      await Promise.all(pods.splice(0).map((pod) => pod.remove()));
      expect(await leftovers(target)).toEqual([]);
    });

    const pods: ClusterPod[] = [];
    const launch = async (
      args: readonly string[],
      changes?: Partial<PodLaunch>,
      driver: Cluster = cluster,
    ): Promise<ClusterPod> => {
      const pod = await driver.launch(launchOf(target, args, changes), run);
      pods.push(pod);
      return pod;
    };

    test('all is well before a build', async () => {
      expect(await cluster.check({ isAttachNeeded: true }, run)).toEqual([]);
    });

    test('ten pods side by side: whole logs, verdicts, nothing left', async () => {
      const pods = await Promise.all(Array.from({ length: 10 }, () => launch(['talk', '3000', '1000000'])));
      const ends = await Promise.all(
        pods.map(async (pod) => {
          const [log, end] = await Promise.all([readLog(pod), endOf(pod)]);
          const [told, expected] = [splitTalk(log), expectedTalk(3000, 1_000_000)];
          expect([told.out.length, told.err.length]).toEqual([expected.out.length, expected.err.length]);
          expect(told.out === expected.out && told.err === expected.err).toBe(true);
          return end;
        }),
      );
      expect(ends.map(({ cause, exitCode }) => `${cause} ${exitCode}`)).toEqual(
        pods.map(() => 'completed 0'),
      );
      await Promise.all(pods.map((pod) => pod.remove()));
    });

    test('what a pod tells comes in order, and the end last', async () => {
      const pod = await launch(['tick', '3', '200']);
      const types = (await observe(pod)).map(({ type }) => type);
      expect(types.filter((type) => type !== 'pending' && type !== 'notice' && type !== 'pulling')).toEqual([
        'scheduled',
        'running',
        'ended',
      ]);
      await pod.remove();
    });

    test('a pod that ends at once is not missed, and its last word neither', async () => {
      const pod = await launch(['exit', '3', 'it broke']);
      expect(await endOf(pod)).toMatchObject({
        cause: 'completed',
        exitCode: 3,
        terminationMessage: 'it broke',
      });
      expect(await readLog(pod)).toBe('');
      await pod.remove();
    });

    test('a context on stdin arrives whole', async () => {
      const pod = await launch(['digest'], { isStdinUsed: true });
      const bytes = Buffer.from(Array.from({ length: 8_000_000 }, (_, index) => (index * 7) % 253));
      async function* archive(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
      }
      const [log] = await Promise.all([readLog(pod), pod.sendStdin(archive(), run)]);
      expect(log).toBe(createHash('sha256').update(bytes).digest('hex'));
      await pod.remove();
    });

    test('variables and files reach the container, secret ones too', async () => {
      const pod = await launch(['env', 'PLAIN', 'TOKEN'], { env: { PLAIN: 'value' } });
      expect(await readLog(pod)).toBe('PLAIN=value\nTOKEN=s3cr3t-value\n');
      const other = await launch(['cat', '/kaniko/.docker/config.json']);
      expect(await readLog(other)).toBe('{}');
      await Promise.all([pod.remove(), other.remove()]);
    });

    test('a pod launched ahead starts when its values are there', async () => {
      const pod = await launch(['env', 'LATE'], { lateSecretEnv: ['LATE'] });
      const seen: string[] = [];
      for await (const observation of pod.observations) {
        seen.push(observation.type);
        if (observation.type === 'held') await pod.provide({ LATE: 'at last' }, run);
      }
      expect(seen).toContain('held');
      expect(seen.at(-1)).toBe('ended');
      expect(await readLog(pod)).toBe('LATE=at last\n');
      await pod.remove();
    });

    test('a container that takes too much memory ends as out of memory', async () => {
      const pod = await launch(['eat', '200'], { limits: { memory: '64Mi' } });
      expect(await endOf(pod)).toMatchObject({ cause: 'oom-killed', exitCode: 137 });
      await pod.remove();
    });

    test('a pod that takes too much disk is evicted, and says so', async () => {
      const pod = await launch(['fill', '/', '100'], { limits: { ephemeralStorage: '20Mi' } });
      const end = await endOf(pod);
      expect(end).toMatchObject({ cause: 'evicted', reason: 'Evicted' });
      expect(end.message).toMatch(/ephemeral.*(?:exceeds|exceeded).*20Mi/i);
      await pod.remove();
    });

    test('the cluster itself ends a pod at its deadline', async () => {
      const pod = await launch(['sleep'], { deadlineSeconds: 10 });
      expect(await endOf(pod)).toMatchObject({ cause: 'deadline-exceeded' });
      await pod.remove();
    });

    test('an image that is not there is given up with the words of the registry', async () => {
      const patient = await connect(kubeconfig, { waitingLimits: { imageRefusedMs: 3_000 } });
      const image = `${target.workload.split('/')[0]}/no/such:image`;
      const pod = await launch(['sleep'], { image }, patient);
      const end = await endOf(pod);
      expect(end.cause).toBe('never-started');
      expect(end.reason).toMatch(/^(?:ErrImagePull|ImagePullBackOff)$/);
      expect(end.message).toMatch(/no\/such:image/);
      await pod.remove();
      await patient.close();
    });

    test('a secret that is not there is named', async () => {
      const patient = await connect(kubeconfig, {
        eventsAfterMs: 200,
        waitingLimits: { configurationMs: 1_000 },
      });
      const registrySecret = { name: 'nope', folder: '/kaniko/.docker' };
      const pod = await launch(['sleep'], { secretFiles: [], registrySecret }, patient);
      const end = await endOf(pod);
      expect(end).toMatchObject({ cause: 'never-started', reason: 'FailedMount' });
      expect(end.message).toContain('secret "nope" not found');
      await pod.remove();
      await patient.close();
    });

    test('a pod that no node takes says why while it waits', async () => {
      const pod = await launch(['sleep'], { nodeSelector: { moon: 'full' } });
      for await (const observation of pod.observations) {
        if (observation.type !== 'pending') continue;
        expect(observation.reason).toBe('Unschedulable');
        expect(observation.message).toContain('moon=full');
        expect(observation.message).toMatch(/0\/\d nodes are available: /);
        break;
      }
      await pod.remove();
    });

    test('a pod that someone deletes ends as deleted', async () => {
      const pod = await launch(['sleep']);
      const seen = endOf(pod);
      for await (const line of pod.log) {
        expect(Buffer.from(line.bytes).toString()).toBe('asleep\n');
        break;
      }
      await target.api.call('DELETE', `/api/v1/namespaces/${target.namespace}/pods/${pod.name}`, {
        gracePeriodSeconds: 1,
      });
      expect(await seen).toMatchObject({ cause: 'deleted' });
      await pod.remove();
    });

    test('removing takes a running pod and its secret away; doing it again does no harm', async () => {
      const pod = await launch(['sleep']);
      const end = endOf(pod);
      await pod.remove();
      await pod.remove();
      expect(await end).toMatchObject({ cause: 'deleted' });
    });

    test('a name in use is refused and its owner left alone', async () => {
      const wanted = launchOf(target, ['sleep']);
      const pod = await cluster.launch(wanted, run);
      await expect(cluster.launch({ ...wanted, buildId: 'other' }, run)).rejects.toMatchObject({
        code: 'pod-refused',
      });
      expect(await leftovers(target)).toEqual([`pods/${wanted.name}`, `secrets/${wanted.name}`]);
      await pod.remove();
    });

    test('a launch that is aborted at any moment leaves nothing', async () => {
      for (const afterMs of [0, 2, 5, 10, 20, 40, 80]) {
        const stop = new AbortController();
        const launching = cluster.launch(launchOf(target, ['sleep']), { ...run, signal: stop.signal });
        setTimeout(() => stop.abort(new KanikitError({ code: 'cancelled', message: 'stopped' })), afterMs);
        const pod = await launching.catch(() => undefined);
        await pod?.remove();
        expect(await leftovers(target)).toEqual([]);
      }
    });

    test('a log is whole though the node rotates it away bit by bit', async () => {
      // Three files or so. Faster, and the first may be turned before the kubelet's reader has come to its end: it then misses the second.
      const [mebibytes, kibibytesPerSecond] = [28, 2048];
      const pod = await launch(['flood', String(mebibytes), String(kibibytesPerSecond)]);
      const numbers: number[] = [];
      for await (const line of pod.log) {
        const text = Buffer.from(line.bytes).toString();
        if (text.length === 128) numbers.push(Number(text.split(' ')[1]));
      }
      const gap = numbers.findIndex((number, index) => number !== index);
      const expected = (mebibytes * 1024 * 1024) / 128;
      expect({ lines: numbers.length, gap }).toEqual({ lines: expected, gap: -1 });
      expect(await endOf(pod)).toMatchObject({ cause: 'completed', exitCode: 0 });
      await pod.remove();
    });

    test('a namespace that is not there is told', async () => {
      const needs = { namespace: 'no-such-namespace', isAttachNeeded: true };
      const codes = async (driver: Cluster): Promise<readonly string[]> =>
        (await driver.check(needs, run)).map(({ code }) => code);
      const admin = await connect(target.kubeconfig);
      expect(await codes(admin)).toEqual(['namespace-missing']);
      await admin.close();
      // Who may look at nothing outside of his own namespace is not told what there is.
      expect(new Set(await codes(cluster))).toEqual(new Set(['cluster-denied']));
    });

    // Last: the user has other rights from then on.
    test('missing rights are told together, before anything is created', async () => {
      const limited = await target.userWith([
        { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
      ]);
      const reader = await connect(limited);
      const problems = await reader.check({ isAttachNeeded: false }, run);
      expect(problems).toMatchObject([{ code: 'cluster-denied' }]);
      for (const right of ['create, delete pods', 'secrets']) expect(problems[0]?.message).toContain(right);
      await expect(reader.launch(launchOf(target, ['talk']), run)).rejects.toMatchObject({
        code: 'cluster-denied',
      });
      await reader.close();
    });
  });
}
