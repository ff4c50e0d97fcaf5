import { PassThrough } from 'node:stream';
import type { KubernetesObject, NodePod, PodReporter, PodRuntime } from '../node/pod-runtime.ts';
import { createScriptedLog } from './scripted-log.ts';
import { type ContainerState, scriptedStatus } from './scripted-status.ts';

/** How a scripted container ends. */
export interface ScriptedExit {
  readonly exitCode: number;
  /** @default `Completed` for 0, else `Error` */
  readonly reason?: string;
  /** The termination message. */
  readonly message?: string;
}

/** What a script can do with its pod. */
export interface ScriptedContainer {
  readonly pod: KubernetesObject;
  /** Aborted when the pod is told to stop. */
  readonly signal: AbortSignal;
  /** What is sent to the container's stdin; ends with it. Empty for a pod without stdin. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Leaves the container waiting, e.g. for `ImagePullBackOff`. */
  wait(reason: string, message?: string): void;
  /** Sets the container running. */
  run(): void;
  print(text: string | Uint8Array, stream?: 'stdout' | 'stderr'): void;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Replaces the whole status, for what the other calls can't say (evictions, lost nodes). */
  report(status: Readonly<Record<string, unknown>>): void;
}

/** Plays a pod; what it returns is the container's end. When it throws, the container ends with code 1 and the message in its log. */
export type PodScript = (container: ScriptedContainer) => Promise<ScriptedExit>;

export interface ScriptedRuntimeOptions {
  readonly script: PodScript;
  readonly now?: () => number;
}

/**
 * A node whose pods play a script instead of running an executor: for tests of what a cluster can do to a build.
 *
 * @example
 * const runtime = createScriptedRuntime({
 *   script: async ({ run, print }) => {
 *     run();
 *     print('INFO[0000] Retrieving image manifest busybox\n');
 *     return { exitCode: 0 };
 *   },
 * });
 */
export function createScriptedRuntime(options: ScriptedRuntimeOptions): PodRuntime {
  const { script, now = Date.now } = options;
  const pods = new Set<NodePod>();
  return {
    start(pod, _objects, report) {
      const node = startPod(pod, report, script, now);
      pods.add(node);
      return node;
    },
    recover(pod, _objects, report) {
      const { phase } = (pod['status'] ?? {}) as { phase?: string };
      if (phase !== 'Succeeded' && phase !== 'Failed') reportLost(pod, report, now());
      return endedPod();
    },
    async close() {
      await Promise.all([...pods].map((pod) => pod.stop(0)));
    },
  };
}

function startPod(pod: KubernetesObject, report: PodReporter, script: PodScript, now: () => number): NodePod {
  const log = createScriptedLog(now);
  const stopping = new AbortController();
  const isStdinUsed = (pod['spec'] as { containers: { stdin?: boolean }[] }).containers[0]?.stdin === true;
  const stdin = new PassThrough();
  if (!isStdinUsed) stdin.end();
  const time = () => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const startTime = time();
  const show = (state: ContainerState) => report.status(scriptedStatus(pod, state, startTime));
  const container: ScriptedContainer = {
    pod,
    signal: stopping.signal,
    stdin,
    wait: (reason, message) => show({ waiting: { reason, ...(message === undefined ? {} : { message }) } }),
    run: () => show({ running: { startedAt: time() } }),
    print: (text, stream = 'stdout') => log.append(stream, Buffer.from(text as string)),
    event: (type, reason, message) => report.event({ type, reason, message }),
    report: (status) => report.status(status),
  };

  show({ waiting: { reason: 'ContainerCreating' } });
  const ended = play();

  async function play(): Promise<void> {
    const { exitCode, reason, message } = await runScript();
    stdin.destroy();
    log.end();
    show({
      terminated: {
        exitCode,
        reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
        ...(message === undefined ? {} : { message }),
        startedAt: startTime,
        finishedAt: time(),
        containerID: `scripted://${pod.metadata.uid}`,
      },
    });
  }

  async function runScript(): Promise<ScriptedExit> {
    const stopped = Promise.withResolvers<ScriptedExit>();
    stopping.signal.addEventListener('abort', () => stopped.resolve({ exitCode: 143 }), { once: true });
    try {
      return await Promise.race([script(container), stopped.promise]);
    } catch (error) {
      log.append('stderr', Buffer.from(`script failed: ${String(error)}\n`));
      return { exitCode: 1 };
    }
  }

  return {
    logs: (logOptions, signal) => log.read(logOptions, signal),
    attach: () => ({ stdin: isStdinUsed ? stdin : undefined, output: log.follow() }),
    async stop() {
      stopping.abort();
      await ended;
    },
    remove: () => Promise.resolve(),
  };
}

function reportLost(pod: KubernetesObject, report: PodReporter, now: number): void {
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const { startTime = at } = (pod['status'] ?? {}) as { startTime?: string };
  const terminated = {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    startedAt: startTime,
    finishedAt: at,
    containerID: '',
  };
  report.status(scriptedStatus(pod, { terminated }, startTime));
}

function endedPod(): NodePod {
  const nothing = createScriptedLog(() => 0);
  nothing.end();
  return {
    logs: (options, signal) => nothing.read(options, signal),
    attach: () => ({ stdin: undefined, output: nothing.follow() }),
    stop: () => Promise.resolve(),
    remove: () => Promise.resolve(),
  };
}
