import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKanikit, type Kanikit } from '@kanikit/sdk';
import type { KanikitEvent, PodSettings } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { images } from '../../cluster/images.ts';
import { nodes, registry } from '../../cluster/layout.ts';
import { writeNetwork } from '../../cluster/node.ts';
import { writeContext } from '../builds/sample-context.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

// What a cluster says of a build while it waits, made to happen.
const second = nodes[1]!;
const hostOf = (name: string): Readonly<Record<string, string>> => ({ 'kubernetes.io/hostname': name });
let target: TestCluster;
let kanikit: Kanikit;
let folder: string;
let context: string;
/** What is not in the namespace. */
const clusterObjects: string[] = [];

beforeAll(async () => {
  target = await startRealCluster();
  folder = await mkdtemp(join(tmpdir(), 'kanikit-explained-'));
  context = await writeContext(folder, 'app', {
    // A pod's host name is its own: the build `slow` waits in its first pod.
    Dockerfile: `FROM ${images.base}\nRUN case "$(cat /proc/sys/kernel/hostname)" in *slow*-2) ;; *slow*) echo started; sleep 300 ;; esac\n`,
  });
  kanikit = await createKanikit({
    cluster: { kubeconfig: target.kubeconfig, namespace: target.namespace },
    executor: executorByTag,
    credentials: false,
    insecureRegistries: [registry],
  });
});
afterEach(async () => {
  await writeNetwork(second);
});
afterAll(async () => {
  await kanikit?.close();
  for (const path of clusterObjects) await target.api.call('DELETE', path, undefined, { isTolerant: true });
  await target?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const core = (path: string): string => `/api/v1/namespaces/${target.namespace}/${path}`;

function start(name: string, pod: PodSettings) {
  const run = kanikit.start({
    context,
    name,
    destinations: [`${registry}/${target.namespace}/${name}:1`],
    pod,
  });
  const events: KanikitEvent[] = [];
  const ended = (async () => {
    for await (const event of run.events) events.push(event);
    return await run.result;
  })();
  ended.catch(() => undefined);
  return {
    run,
    ended,
    events,
    /** Resolves with the first event that fits. */
    seen: <T extends KanikitEvent>(fits: (event: KanikitEvent) => event is T): Promise<T> =>
      vi.waitFor(
        () => {
          const found = events.find(fits);
          if (found === undefined) throw new Error(`not seen in ${JSON.stringify(events.slice(-10))}`);
          return found;
        },
        { timeout: 90_000, interval: 50 },
      ),
  };
}

type WaitEvent = Extract<KanikitEvent, { type: 'build-wait' }>;
const waitsFor =
  (reason: string) =>
  (event: KanikitEvent): event is WaitEvent =>
    event.type === 'build-wait' && event.reason === reason;

async function occupy(name: string, spec: object): Promise<void> {
  await target.api.call('POST', core('pods'), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: target.workload, args: ['sleep'] }],
      ...spec,
    },
  });
}

test(
  'a node without addresses for pods: said while the build waits, which goes on when one is free',
  { timeout: 180_000 },
  async () => {
    const [, last] = second.pods;
    await writeNetwork(second, [last, last]);
    const only = { nodeSelector: hostOf(second.name) };
    await occupy('only-address', only);
    const address = async (): Promise<unknown> => {
      const { body } = await target.api.call<{ readonly status: { readonly podIP?: string } }>(
        'GET',
        core('pods/only-address'),
      );
      return body.status.podIP;
    };
    await expect.poll(address, { timeout: 60_000 }).toBe(last);
    const { seen, ended } = start('addresses', only);
    const wait = await seen(waitsFor('FailedCreatePodSandBox'));
    expect(wait.message).toMatch(
      /the network of the node gives the pod no address \(.*no IP addresses available/s,
    );
    expect(wait.hint).toContain('address ranges can be used up');
    await target.api.call('DELETE', core('pods/only-address'));
    expect((await ended).outcome).toBe('succeeded');
  },
);

test('a volume that another node has: said with the pod that uses it', { timeout: 180_000 }, async () => {
  const name = target.namespace;
  const driver = `${name}.kanikit.test`;
  const storage = '/apis/storage.k8s.io/v1';
  const create = async (group: string, plural: string, object: Named): Promise<void> => {
    const path = `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/${plural}`;
    await target.api.call('POST', path, { apiVersion: group, ...object });
    clusterObjects.push(`${path}/${object.metadata.name}`);
  };
  await create('storage.k8s.io/v1', 'csidrivers', {
    kind: 'CSIDriver',
    metadata: { name: driver },
    spec: { attachRequired: true },
  });
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
  await create('v1', 'persistentvolumes', {
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      ...spec,
      capacity: { storage: '1Gi' },
      csi: { driver, volumeHandle: name },
      claimRef: { namespace: target.namespace, name: 'cache' },
    },
  });
  await target.api.call('POST', core('persistentvolumeclaims'), {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'cache' },
    spec: { ...spec, volumeName: name, resources: { requests: { storage: '1Gi' } } },
  });
  const volumes = [{ name: 'cache', persistentVolumeClaim: { claimName: 'cache' } }];
  await occupy('holder', { nodeSelector: hostOf('node-1'), volumes });
  // In place of the driver's attacher, which this cluster has not.
  const attachment = async (): Promise<string | undefined> => {
    const { body } = await target.api.call<Attachments>('GET', `${storage}/volumeattachments`);
    return body.items.find((item) => item.spec.source.persistentVolumeName === name)?.metadata.name;
  };
  await expect.poll(attachment, { timeout: 60_000 }).toBeDefined();
  const attached = `${storage}/volumeattachments/${await attachment()}`;
  clusterObjects.push(attached);
  await target.api.call('PATCH', `${attached}/status`, { status: { attached: true } });

  const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
  const pod: PodSettings = { nodeSelector: hostOf(second.name), volumes, volumeMounts };
  const { seen, ended, run } = start('volume', pod);
  const wait = await seen(waitsFor('FailedAttachVolume'));
  expect(wait.message).toMatch(
    /the volume is on another node still, in use by holder, and takes one node at a time/,
  );
  expect(wait.hint).toContain('ReadWriteMany');
  run.cancel({ reason: 'it waits for ever' });
  expect((await ended).leftovers).toEqual([]);
  await target.api.call('DELETE', core('pods/holder'));
});

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

interface Attachments {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly source: { readonly persistentVolumeName?: string } };
  }[];
}

// A kubelet tells of a shutdown where systemd-logind does; what it then writes is written here in its place.
test.each([
  {
    name: 'runs',
    status: {
      reason: 'Terminated',
      message: 'Pod was terminated in response to imminent node shutdown.',
      conditions: [
        {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'TerminationByKubelet',
          message: 'Pod was terminated in response to imminent node shutdown.',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  },
  {
    name: 'comes',
    status: { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' },
  },
])(
  'a node that is shut down when the build $name: tried again with the reason',
  { timeout: 180_000 },
  async ({ name, status }) => {
    const isRunning = name === 'runs';
    // A gate holds the pod back, so that no node starts it before it is refused.
    const gates = [
      { op: 'add', path: '/spec/schedulingGates', value: [{ name: 'kanikit.test/hold' }] },
    ] as const;
    const { seen, ended, events } = start(
      isRunning ? 'slow' : 'refused',
      isRunning ? {} : { patches: [{ type: 'json', patch: [...gates] }] },
    );
    const created = await seen((event) => event.type === 'pod-create');
    if (isRunning)
      await seen((event): event is KanikitEvent => event.type === 'output' && event.text === 'started');
    const containerStatuses = isRunning ? await endedContainers(created.pod) : [];
    await target.api.call('PATCH', core(`pods/${created.pod}/status`), {
      status: { ...status, phase: 'Failed', containerStatuses },
    });
    const retry = await seen((event) => event.type === 'build-retry');
    expect(retry.code).toBe('node-lost');
    expect(retry.message).toContain('the node is shut down');
    if (!isRunning) {
      const next = await vi.waitFor(
        () => {
          const found = events.filter((event) => event.type === 'pod-create').at(1);
          if (found === undefined) throw new Error('no second pod');
          return found;
        },
        { timeout: 60_000 },
      );
      await target.api.call('PATCH', core(`pods/${next.pod}`), { spec: { schedulingGates: null } });
    }
    const { outcome, builds, leftovers } = await ended;
    expect({ outcome, attempts: builds[0]?.attempts.length, leftovers }).toEqual({
      outcome: 'succeeded',
      attempts: 2,
      leftovers: [],
    });
    expect(events.at(-1)?.type).toBe('run-end');
  },
);

/** The pod's containers as the kubelet tells of them when it has stopped them. */
async function endedContainers(pod: string): Promise<readonly object[]> {
  interface Pod {
    readonly status: {
      readonly containerStatuses: readonly {
        readonly state: { readonly running: { readonly startedAt: string } };
      }[];
    };
  }
  const { body } = await target.api.call<Pod>('GET', core(`pods/${pod}`));
  const finishedAt = `${new Date().toISOString().slice(0, 19)}Z`;
  return body.status.containerStatuses.map((container) => ({
    ...container,
    ready: false,
    started: false,
    state: {
      running: null,
      terminated: { exitCode: 2, reason: 'Error', finishedAt, startedAt: container.state.running.startedAt },
    },
  }));
}

test('nothing is left', async () => {
  await expect.poll(() => everythingLeft(target), { timeout: 60_000 }).toEqual([]);
});
