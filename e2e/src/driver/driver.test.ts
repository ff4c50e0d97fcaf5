import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { createScriptedRuntime, type PodScript, type Sandbox, startSandbox } from '@kanikit/sandbox';
import type { Cluster, ClusterPod, PodLaunch, PodObservation, RunContext } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** What a container does, chosen by its first argument. */
const scripts: Readonly<Record<string, PodScript>> = {
  async talk({ run, print }) {
    run();
    for (let index = 0; index < 20_000; index += 1)
      print(`line ${index} é€😀\n`, index % 3 === 0 ? 'stderr' : 'stdout');
    print('x'.repeat(1_000_000) + '\nlast words without a newline');
    return { exitCode: 0 };
  },
  async fail() {
    return { exitCode: 3, message: 'it broke' };
  },
  async digest({ run, print, stdin }) {
    run();
    const hash = createHash('sha256');
    for await (const chunk of stdin) hash.update(chunk);
    print(hash.digest('hex'));
    return { exitCode: 0 };
  },
  pull: ({ wait, signal }) => {
    wait('ErrImagePull', 'failed to resolve reference "x/y:1": not found');
    return ended(signal);
  },
  mount: ({ event, signal }) => {
    event(
      'Warning',
      'FailedMount',
      'MountVolume.SetUp failed for volume "registry" : secret "nope" not found',
    );
    return ended(signal);
  },
  sleep: ({ run, print, signal }) => {
    run();
    print('asleep\n');
    return ended(signal);
  },
};

function ended(signal: AbortSignal): Promise<{ readonly exitCode: number }> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ exitCode: 143 }), { once: true });
  });
}

const run: RunContext = { signal: AbortSignal.timeout(240_000), now: Date.now };
let folder: string;
let sandbox: Sandbox;
let cluster: Cluster;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'kanikit-driver-'));
  const runtime = createScriptedRuntime({
    script: (container) => {
      const { containers } = container.pod['spec'] as {
        readonly containers: readonly { readonly args: readonly string[] }[];
      };
      return scripts[containers[0]?.args[0] ?? '']!(container);
    },
  });
  sandbox = await startSandbox({
    folder: path.join(folder, 'sandbox'),
    ports: { api: 0, registry: 0, bucket: 0, bucketHttp: 0 },
    hasBaseImage: false,
    runtime,
    users: [
      {
        name: 'reader',
        token: 'reader-token',
        rules: [{ verbs: ['get', 'list', 'watch'], resources: ['pods', 'pods/log'] }],
      },
    ],
  });
  const connection = await loadConnection({ env: {}, kubeconfig: sandbox.description.kubeconfig });
  cluster = createCluster(connection, {
    waitingLimits: { imageRefusedMs: 100, configurationMs: 100 },
    eventsAfterMs: 50,
  });
});

afterAll(async () => {
  await cluster.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

function launchOf(script: string, changes: Partial<PodLaunch> = {}): PodLaunch {
  count += 1;
  return {
    runId: 'driver',
    buildId: `b${count}`,
    name: `driver-${count}`,
    namespace: undefined,
    image: 'scripted',
    args: [script],
    env: {},
    secretEnv: { TOKEN: 's3cr3t' },
    secretFiles: [{ path: '/kaniko/.docker/config.json', content: '{}' }],
    registrySecret: undefined,
    isStdinUsed: false,
    deadlineSeconds: 600,
    requests: undefined,
    limits: undefined,
    serviceAccount: undefined,
    nodeSelector: {},
    labels: {},
    annotations: {},
    imagePullSecrets: [],
    ...changes,
  };
}

async function observe(pod: ClusterPod): Promise<PodObservation[]> {
  const seen: PodObservation[] = [];
  for await (const observation of pod.observations) seen.push(observation);
  return seen;
}

async function readLog(pod: ClusterPod): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const line of pod.log) parts.push(line.bytes);
  return Buffer.concat(parts).toString('utf8');
}

/** Names of what is left in the namespace, asked past the driver. */
async function leftovers(): Promise<readonly string[]> {
  const { apiServer, token, authority } = sandbox.description;
  const https = await import('node:https');
  const names = await Promise.all(
    ['pods', 'secrets'].map(async (kind) => {
      const body = await new Promise<string>((resolve, reject) => {
        const options = { ca: authority, headers: { authorization: `Bearer ${token}` } };
        https
          .get(`${apiServer}/api/v1/namespaces/default/${kind}`, options, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part: string) => (text += part));
            response.once('end', () => resolve(text));
          })
          .once('error', reject);
      });
      const { items } = JSON.parse(body) as {
        readonly items: readonly { readonly metadata: { readonly name: string } }[];
      };
      return items.map(({ metadata }) => `${kind}/${metadata.name}`);
    }),
  );
  return names.flat().filter((name) => name.includes('driver-'));
}

test('all is well before a build', async () => {
  expect(await cluster.check({ isAttachNeeded: true }, run)).toEqual([]);
});

test('ten pods side by side: whole logs, verdicts, nothing left', async () => {
  const pods = await Promise.all(
    Array.from({ length: 10 }, async () => cluster.launch(launchOf('talk'), run)),
  );
  const expected = `${Array.from({ length: 20_000 }, (_, index) => `line ${index} é€😀\n`).join('')}${'x'.repeat(1_000_000)}\nlast words without a newline`;
  for (const pod of pods) {
    const [log, observations] = await Promise.all([readLog(pod), observe(pod)]);
    expect(log.length).toBe(expected.length);
    expect(log).toBe(expected);
    expect(observations.at(-1)).toMatchObject({ type: 'ended', cause: 'completed', exitCode: 0 });
  }
  await Promise.all(pods.map((pod) => pod.remove()));
  expect(await leftovers()).toEqual([]);
});

test('a pod that ends at once is not missed', async () => {
  const pod = await cluster.launch(launchOf('fail'), run);
  expect((await observe(pod)).at(-1)).toMatchObject({
    cause: 'completed',
    exitCode: 3,
    terminationMessage: 'it broke',
  });
  expect(await readLog(pod)).toBe('');
  await pod.remove();
});

test('a context on stdin arrives whole', async () => {
  const pod = await cluster.launch(launchOf('digest', { isStdinUsed: true }), run);
  const bytes = Buffer.from(Array.from({ length: 8_000_000 }, (_, index) => (index * 7) % 253));
  async function* archive(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }
  const [log] = await Promise.all([readLog(pod), pod.sendStdin(archive(), run)]);
  expect(log).toBe(createHash('sha256').update(bytes).digest('hex'));
  await pod.remove();
  expect(await leftovers()).toEqual([]);
});

test.each([
  ['pull', 'ErrImagePull', 'x/y:1'],
  ['mount', 'FailedMount', 'secret "nope" not found'],
])('a pod that can never start (%s) is given up with the reason', async (script, reason, words) => {
  const pod = await cluster.launch(launchOf(script), run);
  const end = (await observe(pod)).at(-1);
  expect(end).toMatchObject({ type: 'ended', cause: 'never-started', reason });
  expect(JSON.stringify(end)).toContain(words.replaceAll('"', '\\"'));
  await pod.remove();
  expect(await leftovers()).toEqual([]);
});

test('a pod that no node takes says why while it waits', async () => {
  const pod = await cluster.launch(launchOf('talk', { nodeSelector: { moon: 'full' } }), run);
  for await (const observation of pod.observations) {
    if (observation.type !== 'pending') continue;
    expect(observation.reason).toBe('Unschedulable');
    expect(observation.message).toMatch(/0\/1 nodes are available/);
    break;
  }
  await pod.remove();
  expect(await leftovers()).toEqual([]);
});

test('a pod that someone deletes ends as deleted; removing it again does no harm', async () => {
  const pod = await cluster.launch(launchOf('sleep'), run);
  const seen = observe(pod);
  for await (const line of pod.log) {
    expect(Buffer.from(line.bytes).toString()).toBe('asleep\n');
    break;
  }
  const other = createCluster(await loadConnection({ env: {}, kubeconfig: sandbox.description.kubeconfig }));
  await pod.remove();
  await pod.remove();
  await other.close();
  expect((await seen).at(-1)).toMatchObject({ type: 'ended', cause: 'deleted' });
  expect(await leftovers()).toEqual([]);
});

test('a name in use is refused and its owner left alone', async () => {
  const launch = launchOf('sleep');
  const pod = await cluster.launch(launch, run);
  await expect(cluster.launch({ ...launch, buildId: 'other' }, run)).rejects.toMatchObject({
    code: 'pod-refused',
  });
  expect(await leftovers()).toEqual([`pods/${launch.name}`, `secrets/${launch.name}`]);
  await pod.remove();
});

test('missing rights and namespaces are told together, before anything is created', async () => {
  const text = await readFile(sandbox.description.kubeconfig, 'utf8');
  const file = path.join(folder, 'reader.kubeconfig');
  await writeFile(file, text.replaceAll(sandbox.description.token, 'reader-token'));
  const reader = createCluster(await loadConnection({ env: {}, kubeconfig: file }));
  const problems = await reader.check({ isAttachNeeded: false }, run);
  expect(problems.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'cluster-denied'));
  await expect(reader.launch(launchOf('talk'), run)).rejects.toMatchObject({ code: 'cluster-denied' });
  await reader.close();
  expect(
    (await cluster.check({ namespace: 'no-such-namespace', isAttachNeeded: true }, run)).map(
      ({ code }) => code,
    ),
  ).toEqual(['namespace-missing']);
});
