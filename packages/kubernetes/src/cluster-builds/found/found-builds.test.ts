import type { BuildAbout, ClusterBuilds, FoundBuild, OutlineStage } from '@kanikit/spec';
import { afterEach, expect, test } from 'vitest';
import { type ClusterOptions, createCluster } from '../../create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import {
  endedStatus,
  runningStatus,
  sampleLaunch,
  sampleRun,
  waitingStatus,
} from '../../testing/launches.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Lab {
  readonly server: FakeApiServer;
  readonly client: (options?: ClusterOptions) => ReturnType<typeof createCluster>;
}

async function start(): Promise<Lab> {
  const server = await startFakeApiServer();
  cleanups.push(async () => await server[Symbol.asyncDispose]());
  return {
    server,
    client: (options) => {
      const cluster = createCluster(server.connection, { owner: 'me@here', ...options });
      cleanups.push(() => cluster.close());
      return cluster;
    },
  };
}

const outline: readonly OutlineStage[] = [
  {
    index: 0,
    name: 'builder',
    base: 'golang:1.24',
    baseStage: undefined,
    isNeeded: true,
    steps: [
      { index: 0, keyword: 'RUN', instruction: 'RUN make "ü\n"', line: 2 },
      { index: 1, keyword: 'COPY', instruction: 'copy . /app', line: 3 },
    ],
  },
];

const about: BuildAbout = {
  name: 'app',
  destinations: ['r.example/app:1', 'r.example/app:2'],
  context: './app',
  platform: 'linux/arm64',
  cacheRepository: 'r.example/cache',
  executor: 'google@1.24.0',
  outline,
  contextLocation: 's3://b/runs/r1/b1/x.tar.gz',
};

async function findOne(builds: ClusterBuilds | undefined, now = Date.now): Promise<FoundBuild> {
  const found = await builds?.find({}, { signal: new AbortController().signal, now });
  const [build] = found?.builds ?? [];
  if (build === undefined) throw new Error('no build was found');
  return build;
}

test('another client finds a build with all that its pod tells, and no secret', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch({ about }), sampleRun());
  server.setStatus('build-1', waitingStatus('ImagePullBackOff', 'no such image'));
  const build = await findOne(client().builds);
  expect(build).toMatchObject({
    runId: 'r1',
    buildId: 'b1',
    pod: 'build-1',
    namespace: 'default',
    about,
    phase: { state: 'pending', reason: 'ImagePullBackOff' },
    owner: 'me@here',
    ownership: 'unknown',
    secrets: ['build-1'],
    job: undefined,
  });
  expect(JSON.stringify(build)).not.toMatch(/s3cr3t|auths/);
  expect(JSON.stringify(server.store.object('pods', 'build-1'))).not.toMatch(/s3cr3t|auths/);
});

test('a map that is too large for a pod is left out', async () => {
  const { client } = await start();
  const step = (index: number) => ({
    index,
    keyword: 'RUN',
    instruction: `RUN ${'x'.repeat(100)}`,
    line: index,
  });
  const large = [{ ...outline[0]!, steps: Array.from({ length: 400 }, (_, index) => step(index)) }];
  await client().launch(sampleLaunch({ about: { ...about, outline: large } }), sampleRun());
  expect((await findOne(client().builds)).about).toEqual({ ...about, outline: undefined });
});

test.each(['{', '[1]', '[["a"]]', '[[null,"x",null,true,["RUN"]]]', '{"a":1}'])(
  'a map that someone else wrote (%s) is no map',
  async (text) => {
    const { client, server } = await start();
    await client().launch(sampleLaunch({ about }), sampleRun());
    server.setStatus('build-1', runningStatus, {
      metadata: {
        name: 'build-1',
        annotations: {
          'kanikit.dev/name': 'x',
          'kanikit.dev/outline': text,
          'kanikit.dev/destinations': text,
        },
      },
    });
    const build = await findOne(client().builds);
    expect(build.about?.outline).toBeUndefined();
    expect(build.about?.destinations).toEqual([]);
  },
);

test.each(['1e300', 'Infinity', '-1', 'NaN', '{'])(
  'a time that someone else wrote (%s) is one, or none',
  async (text) => {
    const { client, server } = await start();
    await client().launch(sampleLaunch({ about }), sampleRun());
    server.setStatus('build-1', endedStatus(1), {
      metadata: {
        name: 'build-1',
        annotations: {
          'kanikit.dev/heartbeat': text,
          'kanikit.dev/keep-failed-seconds': text,
          'kanikit.dev/cancelled': `{"by":1,"at":${JSON.stringify(text)}}`,
        },
      },
    });
    const { keepUntil, heardAt, cancelled } = await findOne(client().builds);
    expect(cancelled?.by).toBe('someone');
    for (const time of [keepUntil ?? 0, heardAt, cancelled?.at ?? 0])
      expect(() => new Date(time).toISOString()).not.toThrow();
  },
);

test('following a build of another client: the same log and the same end, removed by nobody', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch({ about }), sampleRun());
  server.setStatus('build-1', runningStatus);
  const log = server.log('build-1');
  log.write(1_763_874_000_000_000_000n, Buffer.from('first\n'));
  const other = client();
  const pod = other.builds!.adopt(await findOne(other.builds), sampleRun());
  const lines: string[] = [];
  const reading = (async () => {
    for await (const { bytes } of pod.log) lines.push(Buffer.from(bytes).toString());
  })();
  log.write(1_763_874_001_000_000_000n, Buffer.from('last\n'));
  log.end();
  server.setStatus('build-1', endedStatus(3));
  const seen = [];
  for await (const observation of pod.observations) seen.push(observation);
  await reading;
  expect(lines.join('')).toBe('first\nlast\n');
  expect(seen.at(-1)).toMatchObject({ type: 'ended', cause: 'completed', exitCode: 3 });
  await pod.remove();
  expect(server.store.names('pods')).toEqual(['build-1']);
});

test.each([
  ['before it is followed', true],
  ['while it is followed', false],
])('a pod that is removed %s ends', async (_when, isBefore) => {
  const { server, client } = await start();
  await client().launch(sampleLaunch(), sampleRun());
  server.setStatus('build-1', runningStatus);
  const other = client();
  const build = await findOne(other.builds);
  if (isBefore) server.store.removePod('build-1');
  const pod = other.builds!.adopt(build, sampleRun());
  const seen = [];
  for await (const observation of pod.observations) {
    seen.push(observation);
    if (observation.type === 'running' && !isBefore) server.store.removePod('build-1');
  }
  expect(seen.at(-1)).toMatchObject({ type: 'ended', cause: 'deleted' });
});

test('two may follow one build at once, and letting go of one leaves the other', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch(), sampleRun());
  server.setStatus('build-1', runningStatus);
  const other = client();
  const build = await findOne(other.builds);
  const [first, second] = [other.builds!.adopt(build, sampleRun()), other.builds!.adopt(build, sampleRun())];
  first.leave?.();
  server.setStatus('build-1', endedStatus(0));
  let last;
  for await (const observation of second.observations) last = observation;
  expect(last).toMatchObject({ type: 'ended', exitCode: 0 });
});

test('a build that someone cancels ends for its client with the word of who did', async () => {
  const { server, client } = await start();
  const own = await client().launch(sampleLaunch(), sampleRun());
  server.setStatus('build-1', runningStatus);
  const other = client({ owner: 'you@there' });
  expect(await other.builds!.cancel(await findOne(other.builds), sampleRun())).toBe(true);
  let last;
  for await (const observation of own.observations) last = observation;
  expect(last).toMatchObject({ type: 'ended', cause: 'cancelled', message: 'cancelled by you@there' });
});

test('without the right to mark it, a build is ended all the same, and that is told', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch(), sampleRun());
  const other = client();
  const build = await findOne(other.builds);
  const refusal = status(403, 'Forbidden', 'User "x" cannot patch resource "pods"');
  server.onRequest = ({ method }) => (method === 'PATCH' ? { kind: 'answer', ...refusal } : undefined);
  expect(await other.builds!.cancel(build, sampleRun())).toBe(false);
  expect(server.store.names('pods')).toEqual([]);
});

test('a pod of the same name that came later is not cancelled in its place', async () => {
  const { server, client } = await start();
  const first = client();
  await first.launch(sampleLaunch(), sampleRun());
  const other = client();
  const build = await findOne(other.builds);
  server.store.removePod('build-1');
  await client().launch(sampleLaunch({ buildId: 'b2', secretEnv: {}, secretFiles: [] }), sampleRun());
  await other.builds!.cancel(build, sampleRun());
  expect(server.store.names('pods')).toEqual(['build-1']);
  expect(JSON.stringify(server.store.object('pods', 'build-1'))).not.toContain('cancelled');
});

test('reading the log as far as it goes ends with it', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch(), sampleRun());
  const other = client();
  const pending = await findOne(other.builds);
  expect(() => other.builds!.readLog(pending, sampleRun())).toThrow('has not started');
  server.setStatus('build-1', runningStatus);
  server.log('build-1').write(1_763_874_000_000_000_000n, Buffer.from('so far\n'));
  const lines = [];
  for await (const { bytes } of other.builds!.readLog(await findOne(other.builds), sampleRun()))
    lines.push(Buffer.from(bytes).toString());
  expect(lines).toEqual(['so far\n']);
});

test('who may not read leases finds builds, and is told what is not known', async () => {
  const { server, client } = await start();
  await client().launch(sampleLaunch(), sampleRun());
  const refusal = status(403, 'Forbidden', 'User "x" cannot list resource "leases"');
  server.onRequest = ({ path }) => (path.endsWith('/leases') ? { kind: 'answer', ...refusal } : undefined);
  const found = await client().builds!.find({}, sampleRun());
  expect(found.builds).toHaveLength(1);
  expect(found.problems).toMatchObject([{ code: 'cluster-denied' }]);
});
