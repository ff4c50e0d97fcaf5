import { join } from 'node:path';
import type { ExecutorDistribution } from '@kanikit/spec';
import { makeFolder } from '@kanikit/toolkit/folders';
import type { ExecutorProgress } from '../executor/executor-program.ts';
import { removeCgroupParents } from './cgroups.ts';
import { createContainerStreams } from './container-streams.ts';
import { collectHostTools, type HostTools } from './host-tools.ts';
import { detectIsolation } from './isolation.ts';
import type { LogFile } from './log-file.ts';
import type { NodeContext } from './node-context.ts';
import { obtainExecutor } from './obtain-executor.ts';
import { clearContainer, listPodFolders, podFolder, removePodFolder } from './pod-folder.ts';
import { livePod } from './pod-life.ts';
import type { KubernetesObject, NodePod, ObjectReader, PodReporter, PodRuntime } from './pod-runtime.ts';
import type { PodSpec } from './pod-spec.ts';
import { isRunning, signalProcess } from './processes.ts';
import { readLog } from './read-log.ts';
import { reportLost } from './report-lost.ts';
import type { RunningContainer } from './run-container.ts';

/** How the node of a sandbox is set up. */
export interface ProcessRuntimeOptions {
  /** Where pods and their logs are kept; only its owner may look into it. */
  readonly folder: string;
  /** Runs in place of executors that cannot be had. @default google 1.24.0 */
  readonly fallbackExecutor?: { readonly distribution: ExecutorDistribution; readonly version: string };
  /** More image names (`registry/repository`) that hold an executor. */
  readonly executorImages?: Readonly<Record<string, ExecutorDistribution>>;
  /** Where executors are kept. @default `$XDG_CACHE_HOME/kanikit` or `~/.cache/kanikit` */
  readonly cacheFolder?: string;
  /** Certificates (PEM) that pods trust besides the machine's, e.g. of the sandbox's own servers. */
  readonly certificates?: () => string;
  /** Tells how far getting an executor is. */
  readonly onProgress?: (progress: ExecutorProgress) => void;
  /** How often disk use is compared with limits. @default 10000, as a kubelet */
  readonly storageCheckMs?: number;
  /** @default the current time */
  readonly now?: () => Date;
}

/** How long `close` lets containers end by themselves. */
const closeGraceSeconds = 2;

/** A node that runs the executor containers of pods as isolated Linux processes. Nothing is done before the first pod. */
export function createProcessRuntime(options: ProcessRuntimeOptions): PodRuntime {
  const node = createNodeContext(options);
  const pods = new Map<string, NodePod>();
  const claimed = new Set<string>();
  const removals = new Set<Promise<void>>();

  function adopt(pod: KubernetesObject, made: NodePod): NodePod {
    const uid = pod.metadata.uid ?? pod.metadata.name;
    claimed.add(podFolder(node.podsFolder, uid).path);
    const own: NodePod = {
      ...made,
      async remove() {
        const removal = made.remove();
        removals.add(removal);
        await removal.finally(() => removals.delete(removal));
        pods.delete(uid);
      },
    };
    pods.set(uid, own);
    return own;
  }

  return {
    start: (pod, objects, report) => adopt(pod, startPod(pod, objects, report, node)),
    recover: (pod, _objects, report) => adopt(pod, recoverPod(pod, report, node)),
    async close() {
      await Promise.all([...pods.values()].map((pod) => pod.stop(closeGraceSeconds)));
      // A pod that was stopped early leaves its removal, and the collecting of tools, at work in the folder.
      await Promise.allSettled([...removals, node.toolsCollected()]);
      for (const name of await listPodFolders(node.podsFolder)) {
        const folder = podFolder(node.podsFolder, name);
        if (!claimed.has(folder.path))
          await removePodFolder(folder, await node.isolation().catch(() => undefined));
      }
      await removeCgroupParents();
    },
  };
}

function createNodeContext(options: ProcessRuntimeOptions): NodeContext {
  const signal = new AbortController().signal;
  let collecting: Promise<unknown> = Promise.resolve();
  const source = {
    fallback: options.fallbackExecutor ?? { distribution: 'google' as const, version: '1.24.0' },
    images: options.executorImages ?? {},
    cacheFolder: options.cacheFolder,
    onProgress: options.onProgress,
  };
  return {
    podsFolder: join(options.folder, 'pods'),
    isolation: once(() => detectIsolation(signal)),
    tools: once(() => {
      const tools = collectTools(options.folder, signal);
      collecting = tools;
      return tools;
    }),
    toolsCollected: () => collecting,
    obtain: (image, abort) => obtainExecutor(image, source, abort),
    certificates: options.certificates ?? (() => ''),
    storageCheckMs: options.storageCheckMs ?? 10_000,
    now: options.now ?? (() => new Date()),
  };
}

async function collectTools(folder: string, signal: AbortSignal): Promise<HostTools> {
  await makeFolder(folder, 0o700);
  return collectHostTools(join(folder, 'tools'), signal);
}

function startPod(
  pod: KubernetesObject,
  objects: ObjectReader,
  report: PodReporter,
  node: NodeContext,
): NodePod {
  const folder = podFolder(node.podsFolder, pod.metadata.uid ?? pod.metadata.name);
  const container = (pod['spec'] as PodSpec).containers[0];
  const streams = createContainerStreams({
    stdin: container?.stdin === true,
    stdinOnce: container?.stdinOnce === true,
  });
  const stopped = new AbortController();
  let change = Promise.withResolvers<void>();
  let log: LogFile | undefined;
  let running: RunningContainer | undefined;
  const life = {
    pod,
    objects,
    report,
    node,
    folder,
    streams,
    signal: stopped.signal,
    changed: () => change.promise,
    onLog: (opened: LogFile) => void (log = opened),
    onRunning: (started: RunningContainer) => void (running = started),
  };
  const done = (async () => {
    try {
      await livePod(life);
    } catch (error) {
      if (!stopped.signal.aborted) reportNodeError(error, report);
    } finally {
      await log?.end();
      streams.end();
      await clearContainer(folder, await node.isolation().catch(() => undefined));
    }
  })();
  // `stop` hands its failures on; nobody may call it.
  done.catch(() => undefined);
  return {
    logs: (options, signal) => readLog(logPath(folder, pod, options.container), options, log, signal),
    attach: () => streams.attach(),
    changed() {
      change.resolve();
      change = Promise.withResolvers();
    },
    async stop(graceSeconds) {
      if (running === undefined) {
        stopped.abort();
      } else if (await isRunning(running.guard)) {
        report.event({ type: 'Normal', reason: 'Killing', message: `Stopping container ${container?.name}` });
        if (graceSeconds > 0) await signalProcess(running.process, 'SIGTERM');
        const timer = setTimeout(
          () => void kill(running).catch(() => undefined),
          Math.max(0, graceSeconds) * 1000,
        );
        await running.ended.catch(() => undefined);
        clearTimeout(timer);
      }
      await done;
    },
    remove: async () => {
      await done.catch(() => undefined);
      await removePodFolder(folder, await node.isolation().catch(() => undefined));
    },
  };
}

function reportNodeError(error: unknown, report: PodReporter): void {
  const message = error instanceof Error ? error.message : String(error);
  report.event({ type: 'Warning', reason: 'FailedCreatePodSandBox', message });
  report.status({ phase: 'Failed', reason: 'NodeError', message, conditions: [], containerStatuses: [] });
}

async function kill(running: RunningContainer | undefined): Promise<void> {
  if (running === undefined) return;
  await signalProcess(running.process, 'SIGKILL');
  await signalProcess(running.guard, 'SIGKILL');
}

function recoverPod(pod: KubernetesObject, report: PodReporter, node: NodeContext): NodePod {
  const folder = podFolder(node.podsFolder, pod.metadata.uid ?? pod.metadata.name);
  const done = (async () => {
    await clearContainer(folder, await node.isolation().catch(() => undefined));
    reportLost(pod, report, node.now());
  })();
  done.catch(() => undefined);
  return {
    logs: (options, signal) => readLog(logPath(folder, pod, options.container), options, undefined, signal),
    attach: () => {
      const streams = createContainerStreams({ stdin: false, stdinOnce: false });
      streams.end();
      return streams.attach();
    },
    stop: () => done,
    remove: async () => {
      await done.catch(() => undefined);
      await removePodFolder(folder, await node.isolation().catch(() => undefined));
    },
  };
}

function logPath(
  folder: ReturnType<typeof podFolder>,
  pod: KubernetesObject,
  name: string | undefined,
): string {
  const container = name ?? (pod['spec'] as PodSpec).containers[0]?.name ?? '';
  return join(folder.logs, `${container.replaceAll('/', '_')}.log`);
}

/** One result for all callers; a failure is tried again by the next one. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
