import { connect } from 'node:net';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { kubernetesApi } from './api.ts';
import { apiServerProcess, controllerManager, etcd, scheduler, serviceProxy } from './control-plane.ts';
import { type Identities, makeIdentities } from './identities.ts';
import { images, pushImages } from './images.ts';
import { kubeconfigFile, layout, nodes } from './layout.ts';
import { makeBridge, makeCgroups } from './network.ts';
import { containerd, containerdSocket, kubelet, writeNodeFiles } from './node.ts';
import { type ClusterProcess, startProcess, stopProcess, waitUntil } from './process.ts';
import { type ClusterPrograms, obtainPrograms } from './programs.ts';
import { findObstacle, installMissing } from './requirements.ts';
import { bucketProcess, registryProcess } from './servers.ts';

const restartCount = 10;
const restartPauseMs = 500;
/** Longest wait for one program to be ready. */
const readyMs = 60_000;

/** Starts everything that does not run yet; resolves when both nodes are ready. Throws with what the machine lacks. */
export async function startCluster(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const obstacle = await findObstacle();
  if (obstacle !== undefined) throw new Error(`the cluster can't run here: ${obstacle}`);
  await installMissing(say);
  const programs = await obtainPrograms(say, signal);
  await mkdir(layout.data, { recursive: true });
  const identities = await makeIdentities();
  await makeBridge();
  await makeCgroups();

  const registry = await registryProcess(programs);
  await start(registry, () => answers(layout.host, layout.ports.registry));
  const filling = pushImages(programs);
  filling.catch(() => undefined);
  await start(await bucketProcess(programs, identities), () => answers(layout.host, layout.ports.bucket));
  await startControlPlane(programs, identities);
  for (const node of nodes) {
    await writeNodeFiles(node);
    await start(containerd(node), () => answersSocket(containerdSocket(node)));
  }
  await filling;
  for (const node of nodes) await startProcess(kubelet(node, programs.kubernetes));
  for (const node of nodes) await waitUntil(`kubelet-${node.name}`, () => isNodeReady(node.name), readyMs);
  await start(serviceProxy(programs.kubernetes), () => answers('127.0.0.1', layout.ports.proxyHealth));
  say(`ready: export KUBECONFIG=${kubeconfigFile}; base image ${images.base}`);
}

/** Starts a part of a running cluster that a test has stopped, as a machine's service manager does. */
export type RestartPart = (name: string) => Promise<void>;

/**
 * Parts that watch the API server. After several losses of it they ask again only after a minute, each for each of its watches; those that
 * start anew ask at once.
 */
const watchers: readonly string[] = [
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  ...nodes.map(({ name }) => `kubelet-${name}`),
];

/** Starts everything anew that may have lost the API server; resolves when the nodes are ready. */
export async function restartWatchers(restart: RestartPart): Promise<void> {
  for (const name of watchers) await stopProcess(name);
  for (const name of watchers) await restart(name);
  for (const { name } of nodes) await waitUntil(`kubelet-${name}`, () => isNodeReady(name), readyMs);
}

export async function createRestart(): Promise<RestartPart> {
  const { kubernetes } = await obtainPrograms(() => undefined, new AbortController().signal);
  const identities = await makeIdentities();
  const parts: readonly (readonly [ClusterProcess, () => Promise<boolean>])[] = [
    [etcd(kubernetes), () => answers('127.0.0.1', layout.ports.etcd)],
    [apiServerProcess(kubernetes, identities), () => answers(layout.host, layout.ports.api)],
    [controllerManager(kubernetes, identities), () => answers('127.0.0.1', layout.ports.controllers)],
    [scheduler(kubernetes), () => answers('127.0.0.1', layout.ports.scheduler)],
    [serviceProxy(kubernetes), () => answers('127.0.0.1', layout.ports.proxyHealth)],
    ...nodes.flatMap((node) => [
      [containerd(node), () => answersSocket(containerdSocket(node))] as const,
      [kubelet(node, kubernetes), () => answers('127.0.0.1', node.healthPort)] as const,
    ]),
  ];
  return async (name) => {
    const [part, isReady] = parts.find(([{ name: known }]) => known === name) ?? [];
    if (part === undefined || isReady === undefined) throw new Error(`the cluster has no part ${name}`);
    // A kubelet ends when its runtime is not quite there yet; a service manager would start it again.
    for (let left = restartCount; ; left -= 1) {
      try {
        await start(part, isReady);
        return;
      } catch (error) {
        if (left === 0) throw error;
        await delay(restartPauseMs);
      }
    }
  };
}

/** Starts what of the control plane does not run, and waits until it answers. */
async function startControlPlane(programs: ClusterPrograms, identities: Identities): Promise<void> {
  await start(etcd(programs.kubernetes), () => answers('127.0.0.1', layout.ports.etcd));
  await start(apiServerProcess(programs.kubernetes, identities), isApiReady);
  await startProcess(controllerManager(programs.kubernetes, identities));
  await startProcess(scheduler(programs.kubernetes));
  await waitUntil('kube-controller-manager', hasDefaultAccount, readyMs);
}

/** Starts one program and waits until it is ready. */
async function start(program: ClusterProcess, isReady: () => Promise<boolean>): Promise<void> {
  await startProcess(program);
  await waitUntil(program.name, isReady, readyMs);
}

export async function isApiReady(): Promise<boolean> {
  return (await ask('/readyz')).status === 200;
}

/** Without its controller, no namespace has an account and every pod is refused. */
async function hasDefaultAccount(): Promise<boolean> {
  return (await ask('/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
}

export async function isNodeReady(name: string): Promise<boolean> {
  const { body } = await ask<NodeObject>(`/api/v1/nodes/${name}`);
  return body.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function ask<T>(path: string): Promise<{ readonly status: number; readonly body: T }> {
  const api = kubernetesApi(kubeconfigFile);
  try {
    return await api.call<T>('GET', path, undefined, { isTolerant: true });
  } finally {
    api.close();
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  return connects(connect(port, host));
}

async function answersSocket(path: string): Promise<boolean> {
  return connects(connect(path));
}

async function connects(socket: ReturnType<typeof connect>): Promise<boolean> {
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
