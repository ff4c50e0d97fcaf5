import { setTimeout as delay } from 'node:timers/promises';
import type { PodSettings } from '@kanikit/spec';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registry } from '../../cluster/layout.ts';
import { stopProcess } from '../../cluster/process.ts';
import { createRestart, isNodeReady, type RestartPart } from '../../cluster/up.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import {
  type HeldBuild,
  type Phase,
  phases,
  type PhaseLab,
  startPhaseLab,
} from './build-phases.test.helper.ts';
import { killIn, processesOf } from './pod-processes.ts';

/** The first pods are on this node, those of later attempts wherever there is room. */
const node = 'node-2';

/** A pod that is struck. */
interface Victim {
  readonly name: string;
  readonly uid: string;
}

/** `retried`: succeeds with the second pod. `goes on`: as if nothing had been. `proven`: the log tells of the push. */
type Verdict = 'retried' | 'goes on' | 'proven' | 'failed';

interface PodFault {
  readonly name: string;
  readonly strike: (victims: readonly Victim[]) => Promise<void>;
  readonly heal?: () => Promise<void>;
  /** Code and words of the failure, of the last one or of that which is tried again. */
  readonly code: string;
  readonly words: RegExp;
  /** Phases without it can't be struck so. */
  readonly verdicts: Partial<Readonly<Record<Phase, Verdict>>>;
  readonly pod?: PodSettings;
}

const pathOf = (name = ''): string => `/api/v1/namespaces/${target.namespace}/pods${name && `/${name}`}`;
const each =
  (strike: (victim: Victim) => Promise<unknown>): PodFault['strike'] =>
  async (victims) => {
    await Promise.all(victims.map(strike));
  };
const evict = ({ name }: Victim): Promise<unknown> =>
  target.api.call('POST', `${pathOf(name)}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: target.namespace },
  });
const patchNode = (spec: object): Promise<unknown> =>
  target.api.call('PATCH', `/api/v1/nodes/${node}`, { spec });

const retried = {
  pulling: 'retried',
  context: 'retried',
  running: 'retried',
  pushing: 'retried',
  pushed: 'proven',
} as const;
const { pulling: _none, ...retriedWhileRunning } = retried;

/** A container runtime hears of the end of a process within a second. */
const noticedMs = 2_000;

const faults: readonly PodFault[] = [
  {
    name: 'the executor is killed',
    strike: each(({ uid }) => killIn(uid, 'executor')),
    code: 'executor-killed',
    words: /SIGKILL/,
    verdicts: retriedWhileRunning,
  },
  {
    name: 'the sandbox of the pod is killed',
    strike: async (victims) => {
      await each(({ uid }) => killIn(uid, 'sandbox'))(victims);
      // Where the image is there before the node has noticed, its container is started in what is no more, and the build is tried again.
      await delay(noticedMs);
    },
    code: 'executor-terminated',
    words: /was asked to end/,
    verdicts: { ...retried, pulling: 'goes on' },
  },
  {
    name: 'someone deletes the pod, without grace',
    strike: each(({ name }) => target.api.call('DELETE', pathOf(name), { gracePeriodSeconds: 0 })),
    code: 'pod-deleted',
    words: /someone or something deleted the pod/,
    verdicts: {
      pulling: 'failed',
      context: 'failed',
      running: 'failed',
      pushing: 'failed',
      pushed: 'proven',
    },
  },
  {
    name: 'the pod is evicted',
    strike: each(evict),
    code: 'pod-evicted',
    words: /empties the node/,
    verdicts: retried,
  },
  {
    name: 'the node is drained',
    strike: async (victims) => {
      await patchNode({ unschedulable: true });
      await Promise.all(victims.map(evict));
    },
    heal: async () => void (await patchNode({ unschedulable: null })),
    code: 'pod-evicted',
    words: /empties the node/,
    verdicts: retried,
  },
  {
    name: 'a pod of higher priority takes the room',
    strike: async () => {
      await target.api.call('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name: target.namespace },
        value: 1000,
      });
      await target.api.call('POST', pathOf(), {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'important' },
        spec: {
          priorityClassName: target.namespace,
          nodeSelector: { 'kubernetes.io/hostname': node },
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: target.workload,
              args: ['sleep'],
              resources: { requests: { cpu: '1900m' } },
            },
          ],
        },
      });
    },
    heal: async () => {
      await target.api.call('DELETE', pathOf('important'));
      await target.api.call('DELETE', `/apis/scheduling.k8s.io/v1/priorityclasses/${target.namespace}`);
    },
    code: 'pod-preempted',
    words: /a pod of higher priority took its place/,
    verdicts: retried,
    pod: { requests: { cpu: '300m' } },
  },
  {
    name: 'the node gets a taint that drives pods away',
    strike: async () => {
      await patchNode({ taints: [{ key: 'kanikit.test/away', effect: 'NoExecute' }] });
    },
    heal: async () => void (await patchNode({ taints: null })),
    code: 'node-lost',
    words: /has a taint that drives pods away/,
    verdicts: retried,
  },
  {
    name: 'the node is gone',
    strike: async () => {
      await stopProcess(`kubelet-${node}`, 'SIGKILL');
      await stopProcess(`containerd-${node}`, 'SIGKILL');
    },
    heal: async () => {
      await restart(`containerd-${node}`);
      await restart(`kubelet-${node}`);
      await expect.poll(() => isNodeReady(node).catch(() => false), { timeout: 60_000 }).toBe(true);
    },
    code: 'node-lost',
    words: /its node stopped answering/,
    verdicts: retried,
    // So long is waited for a node to confirm that it has stopped the pod, and then half a minute.
    pod: { patches: [{ type: 'strategic', patch: { spec: { terminationGracePeriodSeconds: 1 } } }] },
  },
];

/** A node that is silent counts as lost after 15 s, a pod whose end nobody confirms half a minute after its grace. */
const boundMs = 180_000;

let restart: RestartPart;
let target: TestCluster;
let lab: PhaseLab;
/** What a test that failed has left to be put right. */
let heal: (() => Promise<void>) | undefined;

beforeAll(async () => {
  restart = await createRestart();
  target = await startRealCluster();
  lab = await startPhaseLab(target);
});
afterEach(async () => {
  await heal?.();
  heal = undefined;
  await lab.cancelAll();
});
afterAll(async () => {
  await offer({ [node]: null, 'node-1': null });
  await lab?.[Symbol.asyncDispose]();
  await target?.[Symbol.asyncDispose]();
});

test.each(faults)('$name, in every phase of a build', { timeout: boundMs * 2 }, async (fault) => {
  const struck = phases.filter((phase) => fault.verdicts[phase] !== undefined);
  const nodeSelector = { [label]: 'yes' };
  await offer({ [node]: 'yes', 'node-1': null });
  const builds = await Promise.all(struck.map((phase) => lab.hold(phase, { ...fault.pod, nodeSelector })));
  const victims = await Promise.all(builds.map(victimOf));
  await offer({ 'node-1': 'yes' });
  ({ heal } = fault);
  await fault.strike(victims);
  for (const build of builds) {
    build.finishPull(fault.verdicts[build.phase] === 'goes on' ? 'well' : 'badly');
  }
  const ended = await Promise.all(builds.map((build) => verdictOn(build, fault)));
  expect(Object.fromEntries(ended)).toEqual(fault.verdicts);
  await fault.heal?.();
  heal = undefined;
  expect(await everythingLeft(target)).toEqual([]);
  // A node that was away ends what it finds when it is back.
  const processes = async () => (await Promise.all(victims.map(({ uid }) => processesOf(uid)))).flat();
  await expect.poll(processes, { timeout: 60_000, interval: 200 }).toEqual([]);
});

/** Nodes with it take the builds. */
const label = 'kanikit.test/builds';

async function offer(values: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await target.api.call('PATCH', `/api/v1/nodes/${name}`, { metadata: { labels: { [label]: value } } });
  }
}

async function victimOf({ pod }: HeldBuild): Promise<Victim> {
  const { body } = await target.api.call<{ readonly metadata: { readonly uid: string } }>('GET', pathOf(pod));
  return { name: pod, uid: body.metadata.uid };
}

/** What became of the build, by what is told of it and what the registry has. */
async function verdictOn(
  { phase, ended, repository }: HeldBuild,
  { code, words }: PodFault,
): Promise<readonly [phase: Phase, verdict: string]> {
  const { build, events, leftovers } = await ended;
  expect(leftovers).toEqual([]);
  const { outcome, attempts, digest } = build;
  const [first] = attempts;
  const pushed = await digestInRegistry({ registry }, repository, '1');
  if (outcome === 'succeeded') expect(digest).toBe(pushed);
  if (attempts.length === 1 && outcome === 'succeeded') {
    const isProven = events.some((event) => event.type === 'notice' && event.code === 'verdict-from-log');
    return [phase, isProven ? 'proven' : 'goes on'];
  }
  expect
    .soft({ phase, ...first?.failure })
    .toMatchObject({ phase, code, message: expect.stringMatching(words) as string });
  const told = events.filter((event) => event.type === 'build-retry');
  if (outcome === 'succeeded' && attempts.length === 2) {
    expect(told).toMatchObject([{ attempt: 2, code, message: first?.failure?.message }]);
    return [phase, 'retried'];
  }
  if (outcome === 'failed' && attempts.length === 1) {
    expect([told, pushed]).toEqual([[], undefined]);
    return [phase, 'failed'];
  }
  return [phase, `${outcome} after ${attempts.length} attempts: ${JSON.stringify(attempts)}`];
}
