import { afterEach, expect, test, vi } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { endedStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function start(): Promise<{
  readonly server: FakeApiServer;
  readonly cluster: ReturnType<typeof createCluster>;
}> {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection);
  cleanups.push(
    async () => await server[Symbol.asyncDispose](),
    () => cluster.close(),
  );
  return { server, cluster };
}

interface JobBody {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Record<string, string>;
        readonly annotations: Record<string, string>;
      };
      readonly spec: object;
    };
  };
}

/** Plays the Job controller: makes the pod of the Job once it is there. */
async function makePod(server: FakeApiServer): Promise<void> {
  await vi.waitFor(() => expect(server.store.names('jobs')).toHaveLength(1));
  const { metadata, spec } = server.store.object('jobs', 'build-1') as unknown as JobBody;
  const { labels, annotations } = spec.template.metadata;
  const pod = {
    metadata: {
      name: `${metadata.name}-x2x4x`,
      labels: { ...labels, 'batch.kubernetes.io/job-name': metadata.name },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: metadata.uid, controller: true },
      ],
      annotations,
    },
    spec: spec.template.spec,
  };
  const url = `${server.connection.server}/api/v1/namespaces/default/pods`;
  await fetch(url, { method: 'POST', body: JSON.stringify(pod) });
}

test('a build in a Job: one pod and no second one, its secret owned by the Job, all of it removed', async () => {
  const { server, cluster } = await start();
  const launching = cluster.launch(sampleLaunch({ podAs: 'job', keepEndedSeconds: 60 }), sampleRun());
  await makePod(server);
  const pod = await launching;
  expect(pod.name).toBe('build-1-x2x4x');
  expect(server.store.object('jobs', 'build-1')).toMatchObject({
    spec: {
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 3_660,
      ttlSecondsAfterFinished: 60,
      template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 3_600 } },
    },
  });
  const { uid } = (server.store.object('jobs', 'build-1') as unknown as JobBody).metadata;
  expect(server.store.object('secrets', 'build-1')).toMatchObject({
    metadata: { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', uid }] },
  });
  server.setStatus('build-1-x2x4x', endedStatus(0));
  let last;
  for await (const observation of pod.observations) last = observation;
  expect(last).toMatchObject({ type: 'ended', exitCode: 0 });
  const found = await cluster.builds!.find({}, sampleRun());
  expect(found.builds).toMatchObject([{ buildId: 'b1', job: 'build-1', pod: 'build-1-x2x4x' }]);
  await pod.remove();
  for (const kind of ['jobs', 'secrets', 'pods'] as const) expect(server.store.names(kind)).toEqual([]);
  const removal = server.requests.find(({ method, path }) => method === 'DELETE' && path.includes('/jobs/'));
  expect(JSON.parse(removal?.body ?? '')).toMatchObject({ propagationPolicy: 'Background' });
});

test('a Job whose launch is cancelled before it has a pod leaves nothing', async () => {
  const { server, cluster } = await start();
  const stop = new AbortController();
  const launching = cluster.launch(sampleLaunch({ podAs: 'job' }), sampleRun(stop.signal));
  launching.catch(() => undefined);
  await vi.waitFor(() => expect(server.store.names('secrets')).toHaveLength(1));
  stop.abort(new Error('enough'));
  await expect(launching).rejects.toThrow('enough');
  expect(server.store.names('jobs')).toEqual([]);
  expect(server.store.names('secrets')).toEqual([]);
});

test('cancelling a build in a Job takes the Job along', async () => {
  const { server, cluster } = await start();
  const launching = cluster.launch(sampleLaunch({ podAs: 'job' }), sampleRun());
  await makePod(server);
  await launching;
  const [build] = (await cluster.builds!.find({}, sampleRun())).builds;
  expect(await cluster.builds!.cancel(build!, sampleRun())).toBe(true);
  expect([server.store.names('jobs'), server.store.names('pods')]).toEqual([[], []]);
});

test('the right to make Jobs is asked for where it is needed', async () => {
  const { server, cluster } = await start();
  server.onRequest = ({ path, body }) => {
    if (path.endsWith('selfsubjectrulesreviews'))
      return { kind: 'answer', code: 201, body: { status: { resourceRules: [] } } };
    if (path.endsWith('/namespaces/default')) return { kind: 'answer', code: 200, body: {} };
    if (!path.endsWith('selfsubjectaccessreviews')) return undefined;
    return { kind: 'answer', code: 201, body: { status: { allowed: !body.includes('"batch"') } } };
  };
  expect(await cluster.check({ isAttachNeeded: false }, sampleRun())).toEqual([]);
  const problems = await cluster.check({ isAttachNeeded: false, isJobNeeded: true }, sampleRun());
  expect(problems.map(({ message }) => message).join('\n')).toMatch(
    /not allowed to create, get, delete jobs\./,
  );
});
