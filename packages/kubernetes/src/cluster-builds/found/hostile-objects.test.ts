import type { Cluster } from '@kanikit/spec';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

let server: FakeApiServer;
let cluster: Cluster;
beforeEach(async () => {
  server = await startFakeApiServer();
  cluster = createCluster(server.connection);
});
afterEach(async () => {
  await cluster.close();
  await server[Symbol.asyncDispose]();
});

const ours = {
  'app.kubernetes.io/managed-by': 'kanikit',
  'kanikit.dev/run': 'r1',
  'kanikit.dev/build': 'b1',
  'kanikit.dev/client': 'c1',
};
const others = { ...ours, 'kanikit.dev/run': 'r2', 'kanikit.dev/build': 'b2' };

async function create(kind: string, metadata: object, more: object = {}): Promise<string> {
  const base = `${server.connection.server}${kind === 'jobs' ? '/apis/batch/v1' : '/api/v1'}/namespaces/default/${kind}`;
  const answer = await fetch(base, { method: 'POST', body: JSON.stringify({ metadata, ...more }) });
  const stored = (await answer.json()) as { readonly metadata: { readonly uid: string } };
  return stored.metadata.uid;
}

const madeBy = (name: string, uid: string, changes: object = {}): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name,
  uid,
  controller: true,
  ...changes,
});

/** A pod that poses as a build of a Job which is not its own. */
async function pose(owner: object, labels: object = ours): Promise<void> {
  const jobName = { 'batch.kubernetes.io/job-name': 'victim', 'job-name': 'victim' };
  const metadata = { name: 'poser', labels: { ...labels, ...jobName }, ownerReferences: [owner] };
  await create('pods', metadata, { spec: { containers: [{ name: 'kaniko' }] } });
}

async function cancelFirst(): Promise<void> {
  const found = await cluster.builds!.find({}, sampleRun());
  const build = found.builds.find(({ pod }) => pod === 'poser');
  await cluster.builds!.cancel(build!, sampleRun());
}

test.each<readonly [string, Record<string, string>, (uid: string) => object]>([
  ['a label alone', ours, () => ({ kind: 'ReplicaSet', name: 'x', uid: 'x' })],
  ['an owner without labels of kanikit', {}, (uid) => madeBy('victim', uid)],
  ['an owner that is another build', others, (uid) => madeBy('victim', uid)],
  ['an owner with another uid', ours, () => madeBy('victim', 'another')],
  ['an owner that does not control it', ours, (uid) => madeBy('victim', uid, { controller: false })],
  ['an owner of another group', ours, (uid) => madeBy('victim', uid, { apiVersion: 'evil.example/v1' })],
])('cancel leaves a Job alone that a pod names by %s', async (_name, labels, ownerOf) => {
  const uid = await create('jobs', { name: 'victim', labels });
  await pose(ownerOf(uid));
  await cancelFirst();
  expect(server.store.names('jobs')).toEqual(['victim']);
  expect(server.store.names('pods')).toEqual([]);
});

test.each(['..', '../../../../../../api/v1/namespaces/default/secrets/victim'])(
  'cancel takes no path for the name of a Job: %s',
  async (name) => {
    const uid = await create('secrets', { name: 'victim', labels: ours });
    await pose(madeBy(name, uid));
    await cancelFirst();
    expect(server.store.names('secrets')).toEqual(['victim']);
    expect(server.store.names('pods')).toEqual([]);
    const asked = server.requests.filter(({ method, path }) => method !== 'POST' && !path.endsWith('/pods'));
    expect(asked.map(({ path }) => path)).not.toContainEqual(expect.stringMatching(/jobs|\.\.|secrets/));
  },
);

test("cancel ends the build's own Job, and only as long as it is that one", async () => {
  const uid = await create('jobs', { name: 'victim', labels: ours });
  await pose(madeBy('victim', uid));
  await cancelFirst();
  expect(server.store.names('jobs')).toEqual([]);
  const removal = server.requests.find(
    ({ method, path }) => method === 'DELETE' && path.endsWith('jobs/victim'),
  );
  expect(JSON.parse(removal!.body)).toMatchObject({ preconditions: { uid } });
});

test('prune leaves a Job and a secret alone that a build which goes on needs', async () => {
  const jobUid = await create('jobs', { name: 'victim', labels: ours });
  const owner = madeBy('victim', jobUid);
  await create('secrets', { name: 'victim', labels: ours, ownerReferences: [owner] });
  const long = { 'kanikit.dev/detached': 'true' };
  const running = { name: 'victim-x', labels: ours, annotations: long, ownerReferences: [owner] };
  await create('pods', running, { spec: { containers: [{ name: 'kaniko' }] } });
  server.setStatus('victim-x', runningStatus);
  await pose(owner);
  server.setStatus('poser', endedStatus(0));
  const later = { ...sampleRun(), now: () => Date.now() + 24 * 3_600_000 };
  const { remnants } = await cluster.builds!.findRemnants({ isAllEnded: true }, later);
  for (const remnant of remnants) await cluster.builds!.removeRemnant(remnant, sampleRun());
  expect(server.store.names('jobs')).toEqual(['victim']);
  expect(server.store.names('secrets')).toEqual(['victim']);
  expect(server.store.names('pods')).toEqual(['victim-x']);
});

test('a Job gets no pod that only says to be its own', async () => {
  const launched = cluster.launch(sampleLaunch({ podAs: 'job' }), sampleRun(AbortSignal.timeout(2_000)));
  launched.catch(() => undefined);
  await expect.poll(() => server.store.names('jobs')).toEqual(['build-1']);
  const job = server.store.object('jobs', 'build-1') as unknown as {
    readonly metadata: { readonly labels: Record<string, string> };
  };
  const metadata = { name: 'poser', labels: job.metadata.labels };
  await create('pods', { ...metadata, ownerReferences: [madeBy('build-1', 'another')] });
  server.setStatus('poser', runningStatus);
  await expect(launched).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(server.store.names('pods')).toEqual(['poser']);
});
