import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildResult, createKanikit, type Kanikit, type KanikitRun } from '@kanikit/sdk';
import type { BuildRequest, KanikitEvent, PodSettings } from '@kanikit/spec';
import { vi } from 'vitest';
import { images } from '../../cluster/images.ts';
import { layout, registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { writeContext } from '../builds/sample-context.ts';
import type { TestCluster } from '../clusters/test-cluster.ts';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

/** What a build is at when its pod is struck. `pushed`: the registry has the image, and the container has not ended yet. */
export const phases = ['pulling', 'context', 'running', 'pushing', 'pushed'] as const;
export type Phase = (typeof phases)[number];

/** A build whose first pod is held in its phase. */
export interface HeldBuild {
  readonly phase: Phase;
  /** Name of its first pod. */
  readonly pod: string;
  /** Where the image goes. */
  readonly repository: string;
  readonly ended: Promise<EndedBuild>;
  /** What a node pulls goes on, or breaks off. */
  finishPull(how: 'well' | 'badly'): void;
}

export interface EndedBuild {
  readonly build: BuildResult;
  readonly events: readonly KanikitEvent[];
  readonly leftovers: readonly string[];
}

/** Builds of the real executor on the real cluster, with what they wait for in the test's hand. */
export interface PhaseLab extends AsyncDisposable {
  /** Starts a build and resolves when its first pod is in the phase; those after it pass. */
  hold(phase: Phase, pod: PodSettings): Promise<HeldBuild>;
  /** Ends what a test that failed has left. */
  cancelAll(): Promise<void>;
}

/** Longest time for a pod to get into its phase. */
const heldMs = 90_000;

export async function startPhaseLab(cluster: TestCluster): Promise<PhaseLab> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-phases-'));
  const target = `http://${registry}`;
  const pki = (name: string): Promise<string> => readFile(join(layout.data, 'pki', name), 'utf8');
  const authority = await pki('ca.crt');
  const certificate = { certificate: await pki('server.crt'), key: await pki('server.key') };
  // The nodes' requests for images, and the pods' for contexts and pushes.
  const pulls = await startFaultProxy({ target });
  const pushes = await startFaultProxy({ target, host: layout.host });
  const contexts = await startFaultProxy({
    target: bucket.endpoint,
    authority,
    certificate,
    host: layout.host,
  });
  const pushHost = new URL(pushes.url).host;
  const connect = (prefix: string): Promise<Kanikit> =>
    createKanikit({
      cluster: { kubeconfig: cluster.kubeconfig, namespace: cluster.namespace },
      credentials: false,
      insecureRegistries: [registry, pushHost],
      indexFolder: false,
      store: {
        ...storeIn(cluster.bucket, authority, `${cluster.namespace}/${prefix}`),
        podEndpoint: contexts.url,
      },
    });
  const clients = { held: await connect('held'), free: await connect('free') };

  const gate = (phase: Phase, id: string): Gate | undefined => {
    switch (phase) {
      case 'pulling':
        return addGate(pulls, ({ path }) => path.includes('/manifests/'));
      case 'context':
        return addGate(contexts, ({ path }) => path.includes('/held/'), {
          kind: 'stall',
          of: 'response',
          afterBytes: 100,
        });
      case 'pushing':
        return addGate(pushes, ({ method, path }) => method === 'PUT' && path.includes(`/${id}/manifests/`), {
          kind: 'stall',
          of: 'request',
          afterBytes: 0,
        });
      case 'running':
      case 'pushed':
        return undefined;
      default:
        return phase satisfies never;
    }
  };

  const running = new Set<KanikitRun>();

  return {
    async hold(phase, pod) {
      const id = `${phase}-${randomUUID().slice(0, 6)}`;
      const repository = `${cluster.namespace}/${id}`;
      const gated = gate(phase, id);
      const context = await writeContext(folder, id, {
        Dockerfile: `FROM ${images.base}\nCOPY id /id\nRUN ${phase === 'running' ? waitOnce : 'cat /id'}\n`,
        id,
      });
      const run = clients[phase === 'context' ? 'held' : 'free'].start({
        context,
        destinations: [`${pushHost}/${repository}:1`],
        executor: executorOf(phase, new URL(pulls.url).host),
        pod: { ...pod, ...(phase === 'pulling' ? { imagePullPolicy: 'Always' } : {}) },
      });
      running.add(run);
      void run.result.finally(() => running.delete(run));
      const events: KanikitEvent[] = [];
      const ended = (async () => {
        for await (const event of run.events) events.push(event);
        const { builds, problems, leftovers } = await run.result;
        const [build] = builds;
        if (build === undefined) throw new Error(`no build: ${JSON.stringify(problems)}`);
        return { build, events, leftovers };
      })();
      ended.catch(() => undefined);
      const isHeld = (): boolean => gated?.isClosed() ?? events.some((event) => isSignOf(phase, event));
      await vi.waitFor(
        () => {
          if (!isHeld()) throw new Error(`the build is not ${phase}: ${JSON.stringify(events.slice(-20))}`);
        },
        { timeout: heldMs, interval: 50 },
      );
      const created = events.find((event) => event.type === 'pod-create');
      return { phase, pod: created?.pod ?? '', repository, ended, finishPull: (how) => gated?.end(how) };
    },
    async cancelAll() {
      await Promise.all(
        [...running].map((run) => {
          run.cancel({ reason: 'its test failed' });
          return run.result;
        }),
      );
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(clients).map((client) => client.close()));
      await Promise.all([pulls, pushes, contexts].map((proxy) => proxy[Symbol.asyncDispose]()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Gate {
  /** Somebody stands before it. */
  isClosed(): boolean;
  end(how: 'well' | 'badly'): void;
}

/** Holds the first request that fits. */
function addGate(proxy: FaultProxy, when: (request: SeenRequest) => boolean, fault?: Fault): Gate {
  let isClosed = false;
  const opened = Promise.withResolvers<void>();
  const held: Fault = fault ?? { kind: 'hold', until: opened.promise };
  const choose = (): Fault => {
    isClosed = true;
    return held;
  };
  proxy.add({ when, fault: held, choose });
  opened.promise.catch(() => undefined);
  return {
    isClosed: () => isClosed,
    end(how) {
      if (how === 'well') opened.resolve();
      else opened.reject(new Error('the pull breaks off'));
    },
  };
}

/** A pod's host name is its own, and has its attempt at its end. */
const waitOnce = 'case "$(cat /proc/sys/kernel/hostname)" in *-2) ;; *) echo started; sleep 300 ;; esac';

function isSignOf(phase: Phase, event: KanikitEvent): boolean {
  return phase === 'running'
    ? event.type === 'output' && event.text === 'started'
    : event.type === 'push-end';
}

function executorOf(phase: Phase, pullHost: string): BuildRequest['executor'] {
  if (phase === 'pulling') return { ...executorByTag, image: `${pullHost}/kaniko-project/executor:v1.24.0` };
  return phase === 'pushed' ? { ...executorByTag, image: images.lingering } : executorByTag;
}
