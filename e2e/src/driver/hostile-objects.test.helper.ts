import type { Cluster } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { StartTestCluster, TestCluster } from '../clusters/test-cluster.ts';
import { connect, launchOf, runContext } from './launch.ts';

/** What nobody's objects may make the driver do, on any cluster: pods that pose as builds of Jobs which are not theirs. */
export function describeHostileObjects(name: string, start: StartTestCluster): void {
  describe(`objects of strangers on ${name}`, () => {
    let target: TestCluster;
    let cluster: Cluster;
    const run = runContext(900_000);

    beforeAll(async () => {
      target = await start();
      cluster = await connect(target.kubeconfig);
    });
    afterAll(async () => {
      await cluster?.close();
      await target?.[Symbol.asyncDispose]();
    });
    afterEach(async () => {
      for (const [api, plural] of [jobs, pods]) {
        const { body } = await target.api.call<List>('GET', pathOf(target, api, plural));
        for (const { metadata } of body.items) {
          const path = `${pathOf(target, api, plural)}/${metadata.name}`;
          const at = { propagationPolicy: 'Background', gracePeriodSeconds: 0 };
          await target.api.call('DELETE', path, at, { isTolerant: true });
        }
      }
      await expect.poll(() => jobUids(target), { timeout: 60_000 }).toEqual([]);
    });

    test.each<readonly [string, Labels, (uid: string) => Owner]>([
      ['an owner without labels of kanikit', {}, (uid) => ownerOf(uid)],
      ['an owner that is another build', others, (uid) => ownerOf(uid)],
      ['an owner that does not control it', ours, (uid) => ownerOf(uid, { controller: false })],
      ['an owner of another group', ours, (uid) => ownerOf(uid, { apiVersion: 'evil.example/v1' })],
    ])('cancel leaves a Job alone that a pod names by %s', async (_what, labels, owner) => {
      const uid = await createJob(target, labels);
      await cancelPoser(target, cluster, owner(uid), run);
      expect(await jobUids(target)).toEqual([uid]);
    });

    test("cancel ends the build's own Job", async () => {
      const uid = await createJob(target, ours);
      await cancelPoser(target, cluster, ownerOf(uid), run);
      await expect.poll(() => jobUids(target), { timeout: 60_000 }).toEqual([]);
    });

    // A pod whose owner is not there is removed by the cluster, so this one poses just while the Job's own is made.
    test('a Job gets no pod that only says to be its own', async () => {
      const launch = launchOf(target, ['talk', '1', '1'], { podAs: 'job' });
      const posing = untilJob(target, launch.name).then(({ labels }) =>
        createPoser(target, ownerOf('11111111-2222-3333-4444-555555555555', { name: launch.name }), labels),
      );
      const pod = await cluster.launch(launch, run);
      await posing;
      expect(pod.name).not.toBe('poser');
      expect(pod.name.startsWith(launch.name)).toBe(true);
      await pod.remove();
    });
  });
}

type Labels = Readonly<Record<string, string>>;

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

interface List {
  readonly items: readonly { readonly metadata: Metadata }[];
}

interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
}

const jobs = ['/apis/batch/v1', 'jobs'] as const;
const pods = ['/api/v1', 'pods'] as const;
const ours: Labels = {
  'app.kubernetes.io/managed-by': 'kanikit',
  'kanikit.dev/run': 'r1',
  'kanikit.dev/build': 'b1',
  'kanikit.dev/client': 'c1',
};
const others: Labels = { ...ours, 'kanikit.dev/run': 'r2', 'kanikit.dev/build': 'b2' };

/** No node has it: such pods stay where they are. */
const nowhere = { 'kanikit.dev/nowhere': 'true' };

function ownerOf(uid: string, changes: Partial<Owner> = {}): Owner {
  return { apiVersion: 'batch/v1', kind: 'Job', name: 'victim', uid, controller: true, ...changes };
}

async function createJob(target: TestCluster, labels: Labels): Promise<string> {
  const { body } = await target.api.call<{ readonly metadata: Metadata }>('POST', pathOf(target, ...jobs), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'victim', labels },
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          nodeSelector: nowhere,
          containers: [{ name: 'kaniko', image: target.workload, args: ['talk', '1', '1'] }],
        },
      },
    },
  });
  return body.metadata.uid;
}

async function createPoser(target: TestCluster, owner: Owner, labels: Labels): Promise<void> {
  const jobName = { 'batch.kubernetes.io/job-name': owner.name, 'job-name': owner.name };
  await target.api.call('POST', pathOf(target, ...pods), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'poser', labels: { ...labels, ...jobName }, ownerReferences: [owner] },
    spec: {
      restartPolicy: 'Never',
      nodeSelector: nowhere,
      containers: [{ name: 'kaniko', image: target.workload, args: ['talk', '1', '1'] }],
    },
  });
}

/** Cancels the build that a pod poses as. */
async function cancelPoser(
  target: TestCluster,
  cluster: Cluster,
  owner: Owner,
  run: ReturnType<typeof runContext>,
): Promise<void> {
  await createPoser(target, owner, ours);
  const found = await cluster.builds!.find({}, run);
  const build = found.builds.find(({ pod }) => pod === 'poser')!;
  expect(await cluster.builds!.cancel(build, run)).toBe(true);
  await expect.poll(async () => (await names(target)).includes('poser'), { timeout: 60_000 }).toBe(false);
}

async function untilJob(target: TestCluster, name: string): Promise<Metadata> {
  for (;;) {
    const path = `${pathOf(target, ...jobs)}/${name}`;
    const { status, body } = await target.api.call<{ readonly metadata: Metadata }>('GET', path, undefined, {
      isTolerant: true,
    });
    if (status === 200) return body.metadata;
  }
}

async function names(target: TestCluster): Promise<readonly string[]> {
  const { body } = await target.api.call<List>('GET', pathOf(target, ...pods));
  return body.items.map(({ metadata }) => metadata.name);
}

async function jobUids(target: TestCluster): Promise<readonly string[]> {
  const { body } = await target.api.call<List>('GET', pathOf(target, ...jobs));
  return body.items.map(({ metadata }) => metadata.uid);
}

function pathOf({ namespace }: TestCluster, api: string, plural: string): string {
  return `${api}/namespaces/${namespace}/${plural}`;
}
