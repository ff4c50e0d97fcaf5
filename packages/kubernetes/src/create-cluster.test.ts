import type { Cluster, ClusterPod, PodObservation } from '@kanikit/spec';
import { afterEach, describe, expect, test } from 'vitest';
import { type ClusterOptions, createCluster } from './create-cluster.ts';
import { type FakeApiServer, startFakeApiServer } from './testing/fake-api-server.ts';
import { status } from './testing/fake-store.ts';
import { endedStatus, runningStatus, sampleLaunch, sampleRun, waitingStatus } from './testing/launches.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function start(
  options?: ClusterOptions,
): Promise<{ readonly server: FakeApiServer; readonly cluster: Cluster }> {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection, options);
  cleanups.push(
    async () => server[Symbol.asyncDispose](),
    () => cluster.close(),
  );
  return { server, cluster };
}

async function until(pod: ClusterPod, type: PodObservation['type']): Promise<PodObservation[]> {
  const seen: PodObservation[] = [];
  const iterator = pod.observations[Symbol.asyncIterator]();
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return seen;
    seen.push(next.value);
    if (next.value.type === type) return seen;
  }
}

async function readLog(pod: ClusterPod): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const line of pod.log) parts.push(line.bytes);
  return Buffer.concat(parts).toString('utf8');
}

describe('a build', () => {
  test('runs from create to removal with eight requests at most, and one watch for all', async () => {
    const { server, cluster } = await start();
    const pods = await Promise.all(
      ['a', 'b', 'c'].map((name) => cluster.launch(sampleLaunch({ name, buildId: name }), sampleRun())),
    );
    for (const { name } of pods) {
      server.setStatus(name, { phase: 'Pending' }, { spec: { nodeName: 'node-1' } });
      server.setStatus(name, runningStatus, { spec: { nodeName: 'node-1' } });
      server.log(name).write(1_763_874_000_123_456_789n, Buffer.from(`hello from ${name}\n`));
    }
    const logs = pods.map(readLog);
    for (const { name } of pods) {
      server.log(name).write(1_763_874_001_000_000_000n, Buffer.from('bye'));
      server.log(name).end();
      server.setStatus(name, endedStatus(0));
    }
    expect(await Promise.all(logs)).toEqual(pods.map(({ name }) => `hello from ${name}\nbye`));
    const observations = await Promise.all(pods.map((pod) => until(pod, 'ended')));
    for (const seen of observations) {
      expect(seen.map(({ type }) => type)).toEqual(['scheduled', 'running', 'ended']);
      expect(seen.at(-1)).toMatchObject({ cause: 'completed', exitCode: 0 });
    }
    await Promise.all(pods.map((pod) => pod.remove()));
    expect(server.store.names('pods')).toEqual([]);
    expect(server.store.names('secrets')).toEqual([]);
    const counts = Object.groupBy(server.requests, ({ query }) => (query.has('watch') ? 'watch' : 'other'));
    expect(counts.watch).toHaveLength(1);
    expect((counts.other?.length ?? 0) / pods.length).toBeLessThanOrEqual(7);
  });

  test('sees a pod that ended before the watch was open', async () => {
    const { server, cluster } = await start();
    let isHeld = true;
    server.onRequest = ({ query }) => (query.has('watch') && isHeld ? { kind: 'cut' } : undefined);
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    server.log(pod.name).write(1_763_874_000_000_000_000n, Buffer.from('all of it\n'));
    server.log(pod.name).end();
    server.setStatus(pod.name, endedStatus(1));
    isHeld = false;
    expect(await until(pod, 'ended')).toMatchObject([
      { type: 'running' },
      { type: 'ended', cause: 'completed', exitCode: 1 },
    ]);
    expect(await readLog(pod)).toBe('all of it\n');
  });

  test('an ended pod whose followed log hangs is read to its end at once', async () => {
    const { server, cluster } = await start();
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    server.setStatus(pod.name, runningStatus);
    server.log(pod.name).write(1_763_874_000_000_000_000n, Buffer.from('one\n'));
    const log = readLog(pod);
    server.log(pod.name).write(1_763_874_000_000_000_000n, Buffer.from('two\n'));
    server.setStatus(pod.name, endedStatus(0));
    expect(await log).toBe('one\ntwo\n');
  });
});

describe('launch', () => {
  test('the secret belongs to the pod, and the pod comes first', async () => {
    const { server, cluster } = await start();
    await cluster.launch(sampleLaunch(), sampleRun());
    const posts = server.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(posts).toEqual(['/api/v1/namespaces/default/pods', '/api/v1/namespaces/default/secrets']);
    const { uid } = server.store.object('pods', 'build-1')!['metadata'] as { readonly uid: string };
    expect(server.store.object('secrets', 'build-1')?.['metadata']).toMatchObject({
      ownerReferences: [{ kind: 'Pod', name: 'build-1', uid }],
    });
  });

  test.each(['pods', 'secrets'])('a lost answer to the create of %s is found again', async (kind) => {
    const { server, cluster } = await start();
    let isLost = false;
    server.onRequest = ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith(kind) || isLost) return undefined;
      isLost = true;
      return { kind: 'lose-answer' };
    };
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    expect(server.store.names('secrets')).toEqual(['build-1']);
    await pod.remove();
    expect([...server.store.names('pods'), ...server.store.names('secrets')]).toEqual([]);
  });

  test.each(['pods', 'secrets'])(
    'where every answer to the create of %s is lost, nothing stays',
    async (kind) => {
      const { server, cluster } = await start();
      server.onRequest = ({ method, path }) =>
        (method === 'POST' && path.endsWith(kind)) ||
        (method === 'GET' && path.endsWith(`${kind}/build-1`) && isCut)
          ? { kind: 'lose-answer' }
          : undefined;
      let isCut = true;
      const abort = new AbortController();
      const launched = cluster.launch(sampleLaunch(), sampleRun(abort.signal));
      await expect.poll(() => server.store.names(kind as 'pods')).toEqual(['build-1']);
      abort.abort(new Error('cancelled by the test'));
      isCut = false;
      await expect(launched).rejects.toThrow('cancelled by the test');
      expect([...server.store.names('pods'), ...server.store.names('secrets')]).toEqual([]);
    },
  );

  test('an abort while the create is under way leaves nothing', async () => {
    const { server, cluster } = await start();
    const abort = new AbortController();
    server.onRequest = ({ method, path }) => {
      if (method === 'POST' && path.endsWith('pods')) abort.abort(new Error('stop'));
      return undefined;
    };
    await expect(cluster.launch(sampleLaunch(), sampleRun(abort.signal))).rejects.toThrow('stop');
    expect([...server.store.names('pods'), ...server.store.names('secrets')]).toEqual([]);
    expect(server.requests.some(({ path }) => path.endsWith('secrets'))).toBe(false);
  });

  test('an object of someone else that has the name is left alone', async () => {
    const { server, cluster } = await start();
    const other = createCluster(server.connection);
    cleanups.push(() => other.close());
    await other.launch(sampleLaunch(), sampleRun());
    await expect(cluster.launch(sampleLaunch(), sampleRun())).rejects.toMatchObject({ code: 'pod-refused' });
    expect(server.store.names('pods')).toEqual(['build-1']);
    expect(server.store.names('secrets')).toEqual(['build-1']);
  });

  const forbidden = 'pods "build-1" is forbidden: ';
  test.each([
    [403, `${forbidden}violates PodSecurity "restricted:latest": runAsUser=0`, 'pod-security-refused', false],
    [
      403,
      'pods is forbidden: User "u" cannot create resource "pods" in API group ""',
      'cluster-denied',
      false,
    ],
    [400, 'admission webhook "p.example.com" denied the request: no', 'policy-refused', false],
    [
      403,
      `${forbidden}error looking up service account default/x: serviceaccount "x" not found`,
      'service-account-missing',
      false,
    ],
    [404, 'namespaces "nope" not found', 'namespace-missing', false],
    [422, 'Pod "build-1" is invalid: spec.containers[0].image: Required value', 'pod-invalid', false],
    [401, 'Unauthorized', 'cluster-denied', false],
  ])('%i %s', async (code, message, expected, retryable) => {
    const { server, cluster } = await start();
    server.onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'answer', code, body: status(code, 'X', message).body } : undefined;
    const error = await cluster.launch(sampleLaunch(), sampleRun()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: expected, retryable });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).toContain('default/build-1');
  });

  test('a refused secret takes the pod away again', async () => {
    const { server, cluster } = await start();
    server.onRequest = ({ method, path }) =>
      method === 'POST' && path.endsWith('secrets')
        ? {
            kind: 'answer',
            code: 403,
            body: status(403, 'Forbidden', 'secrets is forbidden: User "u" cannot create resource "secrets"')
              .body,
          }
        : undefined;
    await expect(cluster.launch(sampleLaunch(), sampleRun())).rejects.toMatchObject({
      code: 'cluster-denied',
    });
    expect(server.store.names('pods')).toEqual([]);
  });

  test('busy servers are asked again, as late as they say', async () => {
    const { server, cluster } = await start();
    const codes = [429, 503, 500];
    server.onRequest = ({ method }) => {
      const code = method === 'POST' ? codes.shift() : undefined;
      return code === undefined
        ? undefined
        : { kind: 'answer', code, body: status(code, 'Busy', 'busy').body };
    };
    await cluster.launch(sampleLaunch(), sampleRun());
    expect(server.store.names('secrets')).toEqual(['build-1']);
  });
});

describe('remove', () => {
  test('is idempotent, survives faults, and works after an abort', async () => {
    const { server, cluster } = await start();
    const abort = new AbortController();
    const pod = await cluster.launch(sampleLaunch(), sampleRun(abort.signal));
    abort.abort(new Error('stop'));
    const faults = [{ kind: 'cut' }, { kind: 'lose-answer' }] as const;
    let next = 0;
    server.onRequest = ({ method }) => (method === 'DELETE' ? faults[next++] : undefined);
    await Promise.all([pod.remove(), pod.remove()]);
    await pod.remove();
    expect([...server.store.names('pods'), ...server.store.names('secrets')]).toEqual([]);
  });

  test('says what it could not delete, and how to', async () => {
    const { server, cluster } = await start();
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    server.onRequest = ({ method }) =>
      method === 'DELETE'
        ? { kind: 'answer', code: 403, body: status(403, 'Forbidden', 'no').body }
        : undefined;
    const error = await pod.remove().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'cleanup-failed' });
    expect((error as { hint: string }).hint).toContain('kubectl delete -n default pods build-1');
    server.onRequest = () => undefined;
    await pod.remove();
    expect(server.store.names('pods')).toEqual([]);
  });
});

describe('a pod that does not start', () => {
  const quick = { hopelessMs: 5, imageRefusedMs: 20, configurationMs: 20, unlikelyMs: 40 };

  test('the registry has the last word', async () => {
    const { server, cluster } = await start({ waitingLimits: quick });
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    const words = 'rpc error: failed to resolve reference "x/y:1": x/y:1: not found';
    server.setStatus(pod.name, waitingStatus('ErrImagePull', words));
    server.setStatus(pod.name, waitingStatus('ImagePullBackOff', 'Back-off pulling image "x/y:1"'));
    const seen = await until(pod, 'ended');
    expect(seen.at(-1)).toMatchObject({ cause: 'never-started', reason: 'ErrImagePull' });
    expect(seen.at(-1)).toMatchObject({ message: expect.stringContaining(words) as string });
    expect(seen.filter(({ type }) => type === 'pending')).toHaveLength(1);
    expect(await readLog(pod)).toBe('');
  });

  test('events explain what the status does not', async () => {
    const { server, cluster } = await start({ waitingLimits: quick, eventsAfterMs: 1 });
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    server.setStatus(pod.name, waitingStatus('ContainerCreating'));
    const message = 'MountVolume.SetUp failed for volume "registry" : secret "dockercred" not found';
    server.store.addEvent(pod.name, { type: 'Warning', reason: 'FailedMount', message });
    expect((await until(pod, 'ended')).at(-1)).toMatchObject({
      cause: 'never-started',
      reason: 'FailedMount',
      message,
    });
  });

  test('what is the same for every pod of a node is not told with each build', async () => {
    const { server, cluster } = await start({ eventsAfterMs: 1 });
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    server.setStatus(pod.name, waitingStatus('ContainerCreating'));
    for (const reason of ['MissingClusterDNS', 'DNSConfigForming', 'Other'])
      server.store.addEvent(pod.name, { type: 'Warning', reason, message: 'words of the kubelet' });
    const seen = await until(pod, 'notice');
    expect(seen.at(-1)).toMatchObject({ reason: 'Other' });
    server.setStatus(pod.name, runningStatus);
    await until(pod, 'running');
  });

  test('a slow pull is shown', async () => {
    const { server, cluster } = await start({ eventsAfterMs: 1 });
    const pod = await cluster.launch(sampleLaunch(), sampleRun());
    const { image } = sampleLaunch();
    server.store.addEvent(pod.name, {
      type: 'Normal',
      reason: 'Pulling',
      message: `Pulling image "${image}"`,
    });
    expect((await until(pod, 'pulling')).at(-1)).toEqual({ type: 'pulling', image });
    server.setStatus(pod.name, runningStatus);
    await until(pod, 'running');
  });
});
