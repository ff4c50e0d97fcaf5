import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { PodRuntime } from '../node/pod-runtime.ts';
import type { SandboxUser } from './access.ts';
import { createBackground } from './background.ts';
import { startGarbageCollector } from './garbage.ts';
import type { ApiContext } from './handlers/context.ts';
import { serveRequest, serveUpgrade } from './serve.ts';
import { startJobController } from './jobs/job-controller.ts';
import { startNamespaces } from './namespaces.ts';
import { createEventRecorder } from './pods/event-recorder.ts';
import { createPodLifecycle } from './pods/pod-lifecycle.ts';
import { describeNode, nodeName } from './pods/sandbox-node.ts';
import { startQuotas } from './quota/track-quotas.ts';
import { openObjectStore } from './store/object-store.ts';

export interface KubernetesApiOptions {
  /** Where the objects are kept. */
  readonly folder: string;
  readonly runtime: PodRuntime;
  readonly users: readonly SandboxUser[];
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How many changes a watch can fall behind before it gets 410. @default 5000 */
  readonly windowSize?: number;
  /** Only clears away what a killed sandbox left on the node; starts no pod. @default false */
  readonly isSweep?: boolean;
}

/** The part of the Kubernetes API that kanikit uses, as handlers for an HTTP server. */
export interface KubernetesApi {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends watches, logs and attached clients, stops every pod, closes the store. */
  close(): Promise<void>;
}

const sweepIntervalMs = 60_000;

/** Opens the objects of a folder and hands stored pods to the runtime. */
export function createKubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  const { runtime, users, now = Date.now, windowSize, isSweep = false } = options;
  const folder = join(options.folder, 'objects');
  const store = openObjectStore({ folder, ...(windowSize === undefined ? {} : { windowSize }) });
  store.put('nodes', describeNode(store.get('nodes', undefined, nodeName), randomUUID(), now(), folder));
  const events = createEventRecorder(store, now);
  const background = createBackground();
  const sweep = () => background.run('sweep events', () => events.sweep());
  sweep();
  const endings = [
    startNamespaces(store, background, now),
    startGarbageCollector(store, background, now),
    startQuotas(store, background),
  ];
  if (!isSweep) endings.push(startJobController({ store, events, background, now }));
  const lifecycle = createPodLifecycle({ store, runtime, events, background, now, isSweep });
  const sweeps = setInterval(sweep, sweepIntervalMs).unref();
  const closing = new AbortController();
  const context: ApiContext = { store, now, nodePod: (uid) => lifecycle.nodePod(uid) };
  const server = { context, users, closing: closing.signal };
  return {
    handle: (request, response) => void serveRequest(server, request, response),
    upgrade: (request, socket, head) => void serveUpgrade(server, request, socket, head),
    async close() {
      clearInterval(sweeps);
      closing.abort();
      await lifecycle.close();
      background.close();
      for (const end of endings) end();
      store.close();
    },
  };
}
