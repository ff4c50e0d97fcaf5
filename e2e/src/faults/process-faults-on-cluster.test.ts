import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, ClusterPod, PodResult } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { pauseProcess, stopProcess } from '../../cluster/process.ts';
import {
  createRestart,
  isApiReady,
  isNodeReady,
  restartWatchers,
  type RestartPart,
} from '../../cluster/up.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { leftovers, type TestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, launchOf, observe, readLog, runContext } from '../driver/launch.ts';

/** What becomes of a part of the cluster, and for how long. */
interface ProcessFault {
  readonly name: string;
  readonly parts: readonly string[];
  readonly kind: 'stopped' | 'killed' | 'held';
  readonly lastsMs: number;
  /** containerd itself copies what containers write: what they write while it is gone never gets into the log. */
  readonly isOutputLost?: boolean;
}

/** Pods of these tests are on this node, so that its parts are the ones that matter. */
const node = 'node-2';
const [kubelet, containerd] = [`kubelet-${node}`, `containerd-${node}`];
const faults: readonly ProcessFault[] = [
  { name: 'the kubelet restarts', parts: [kubelet], kind: 'stopped', lastsMs: 2_000 },
  { name: 'the kubelet hangs', parts: [kubelet], kind: 'held', lastsMs: 4_000 },
  { name: 'containerd crashes', parts: [containerd], kind: 'killed', lastsMs: 2_000, isOutputLost: true },
  {
    name: 'kubelet and containerd crash',
    parts: [kubelet, containerd],
    kind: 'killed',
    lastsMs: 2_000,
    isOutputLost: true,
  },
  { name: 'the API server restarts', parts: ['kube-apiserver'], kind: 'stopped', lastsMs: 1_500 },
  { name: 'the API server crashes', parts: ['kube-apiserver'], kind: 'killed', lastsMs: 3_000 },
  { name: 'the API server hangs', parts: ['kube-apiserver'], kind: 'held', lastsMs: 4_000 },
  { name: 'etcd crashes', parts: ['etcd'], kind: 'killed', lastsMs: 2_000 },
];

/** Parts of a cluster that lost the API server come back to it after up to half a minute, each in its own time. */
const boundMs = 150_000;

let restart: RestartPart;
let target: TestCluster;
let cluster: Cluster;
const pods: ClusterPod[] = [];

beforeAll(async () => {
  restart = await createRestart();
  target = await startRealCluster();
});
afterAll(async () => {
  // Who comes next finds a cluster that answers at once.
  await restartWatchers(restart);
  await target?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  cluster = await connect(target.kubeconfig);
});
afterEach(async () => {
  await allIsWell();
  await Promise.all(pods.splice(0).map((pod) => pod.remove()));
  await cluster.close();
});

// First: an etcd that has crashed may leave the controllers with what they knew of nodes before, for minutes.
test(
  'a node that is gone for good takes its pod along, and that is said',
  { timeout: boundMs * 2 },
  async () => {
    const pod = await launchHere(['sleep']);
    const ending = endOf(pod);
    await hasStarted(pod.name);
    await stopProcess(kubelet, 'SIGKILL');
    await stopProcess(containerd, 'SIGKILL');
    try {
      expect(await ending).toMatchObject({ cause: 'node-lost' });
      await pod.remove();
      expect(await leftovers(target)).toEqual([]);
    } finally {
      await restart(containerd);
      await restart(kubelet);
    }
  },
);

test.each(faults)(
  '$name, for pods that are launched, run, end, and are removed',
  { timeout: boundMs * 2 },
  async (fault) => {
    const running = await ticking(80);
    const ending = await ticking(15);
    const removed = await launchHere(['sleep']);
    await Promise.all([running.pod, ending.pod, removed].map(({ name }) => hasStarted(name)));

    const { over } = await strike(fault);
    const [launched] = await Promise.all([ticking(10), removed.remove(), over]);
    for (const { pod, log, end, expected } of [running, ending, launched]) {
      const [told, { cause, exitCode }] = await Promise.all([log, end]);
      const kept = await keptBy(pod.name);
      expect(told).toBe(kept.log);
      expect([cause, exitCode]).toEqual(['completed', kept.exitCode]);
      if (fault.isOutputLost !== true) expect([told, exitCode]).toEqual([expected, 0]);
    }
    await Promise.all([running, ending, launched].map(({ pod }) => pod.remove()));
    expect(await leftovers(target)).toEqual([]);
  },
);

test(
  'an API server that comes back: what ended meanwhile is told at once, and its versions are told to nobody',
  { timeout: boundMs * 2 },
  async () => {
    const pod = await launchHere(['tick', '20', '100']);
    const observed = observe(pod);
    await hasStarted(pod.name);
    await stopProcess('kube-apiserver', 'SIGKILL');
    try {
      await delay(4_000);
    } finally {
      await restart('kube-apiserver');
    }
    await expect
      .poll(() => phaseOf(pod.name).catch(() => ''), { timeout: boundMs, interval: 100 })
      .toBe('Succeeded');
    // It takes its time from now on: a watch that waited out a pause of its own would tell of it first.
    const later = await launchHere(['tick', '30', '100']);
    const first = await Promise.race([observed.then(() => pod.name), observe(later).then(() => later.name)]);
    expect(first).toBe(pod.name);
    const seen = await observed;
    expect(seen.at(-1)).toMatchObject({ type: 'ended', cause: 'completed', exitCode: 0 });
    expect(JSON.stringify(seen)).not.toMatch(/\b410\b|resource ?version|too old|expired/i);
  },
);

test(
  'an API server that stays away is given up, and what is left is named',
  { timeout: boundMs * 2 },
  async () => {
    const impatient = await connect(target.kubeconfig, { unreachableMs: 1_000 });
    const pod = await launchHere(['sleep'], impatient);
    const ending = endOf(pod);
    await hasStarted(pod.name);
    await stopProcess('kube-apiserver', 'SIGKILL');
    try {
      await expect(ending).rejects.toMatchObject({ code: 'cluster-unreachable' });
      await expect(pod.remove()).rejects.toMatchObject({
        code: 'cleanup-failed',
        message: expect.stringContaining(pod.name) as string,
      });
    } finally {
      await restart('kube-apiserver');
      await allIsWell();
    }
    await pod.remove();
    expect(await leftovers(target)).toEqual([]);
    await impatient.close();
  },
);

/** Begins the fault; the promise of the result resolves when all runs again. */
async function strike(fault: ProcessFault): Promise<{ readonly over: Promise<void> }> {
  for (const part of fault.parts) {
    if (fault.kind === 'held') await pauseProcess(part, true);
    else await stopProcess(part, fault.kind === 'killed' ? 'SIGKILL' : 'SIGTERM');
  }
  const heal = async (): Promise<void> => {
    await delay(fault.lastsMs);
    for (const part of fault.parts.toReversed()) {
      if (fault.kind === 'held') await pauseProcess(part, false);
      else await restart(part);
    }
  };
  return { over: heal() };
}

async function allIsWell(): Promise<void> {
  const poll = { timeout: boundMs, interval: 200 };
  await expect.poll(() => isApiReady().catch(() => false), poll).toBe(true);
  await expect.poll(() => isNodeReady(node).catch(() => false), poll).toBe(true);
}

async function launchHere(args: readonly string[], driver: Cluster = cluster): Promise<ClusterPod> {
  const nodeSelector = { 'kubernetes.io/hostname': node };
  const pod = await driver.launch(launchOf(target, args, { nodeSelector }), runContext(boundMs));
  pods.push(pod);
  return pod;
}

/** A pod that prints ten numbered lines a second, followed from its start. */
async function ticking(lines: number): Promise<{
  readonly pod: ClusterPod;
  readonly log: Promise<string>;
  readonly end: Promise<PodResult>;
  readonly expected: string;
}> {
  const pod = await launchHere(['tick', String(lines), '100']);
  const [log, end] = [readLog(pod), endOf(pod)];
  for (const promise of [log, end]) promise.catch(() => undefined);
  const expected = Array.from({ length: lines }, (_, index) => `tick ${index}\n`).join('');
  return { pod, log, end, expected };
}

/** What the cluster has of an ended pod, asked past the driver. */
async function keptBy(
  name: string,
): Promise<{ readonly log: string; readonly exitCode: number | undefined }> {
  const path = `/api/v1/namespaces/${target.namespace}/pods/${name}`;
  const { body } = await target.api.call<EndedPod>('GET', path);
  const log = await target.api.call<string>('GET', `${path}/log`);
  const [container] = body.status?.containerStatuses ?? [];
  return { log: log.body, exitCode: container?.state?.terminated?.exitCode };
}

interface EndedPod {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** Asked past the driver. */
async function hasStarted(name: string): Promise<void> {
  await expect.poll(() => phaseOf(name), { timeout: boundMs, interval: 100 }).toMatch(/Running|Succeeded/);
}

async function phaseOf(name: string): Promise<string> {
  const path = `/api/v1/namespaces/${target.namespace}/pods/${name}`;
  const { body } = await target.api.call<{ readonly status?: { readonly phase?: string } }>('GET', path);
  return body.status?.phase ?? '';
}
