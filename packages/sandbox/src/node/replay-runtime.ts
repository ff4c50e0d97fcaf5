import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createContainerStreams, type ContainerStreams } from './container-streams.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import { makePodFolder, podFolder, removePodFolder, type PodFolder } from './pod-folder.ts';
import type { KubernetesObject, NodePod, PodReporter, PodRuntime } from './pod-runtime.ts';
import type { PodSpec } from './pod-spec.ts';
import { createStatusWriter, formatSeconds } from './pod-status.ts';
import { readLog } from './read-log.ts';
import { reportLost } from './report-lost.ts';

export interface ReplayRuntimeOptions {
  /** Where logs of the pods are kept. */
  readonly folder: string;
  /** A recorded executor log, as the executor wrote it. */
  readonly logFile: string;
  /** Exit code of every pod. @default 0 */
  readonly exitCode?: number | undefined;
  /** Lines per second. @default 40 */
  readonly linesPerSecond?: number | undefined;
}

const notice = 'Simulated: this pod plays a recorded log, nothing is built';
/** A tenth of a second is smooth enough; shorter waits would only cost time. */
const stepMs = 100;

/** A node without an executor: each pod prints a recorded build log and ends. Its status and events say `Simulated`. */
export function createReplayRuntime(options: ReplayRuntimeOptions): PodRuntime {
  const pods = new Set<NodePod>();
  const podsFolder = join(options.folder, 'pods');
  return {
    start(pod, _objects, report) {
      const made = startReplay(pod, report, options, folderOf(podsFolder, pod));
      pods.add(made);
      return made;
    },
    recover(pod, _objects, report) {
      reportLost(pod, report, new Date());
      return endedReplay(pod, folderOf(podsFolder, pod));
    },
    async close() {
      await Promise.all([...pods].map((pod) => pod.stop(0)));
    },
  };
}

function startReplay(
  pod: KubernetesObject,
  report: PodReporter,
  options: ReplayRuntimeOptions,
  folder: PodFolder,
): NodePod {
  const container = (pod['spec'] as PodSpec).containers[0];
  const streams = createContainerStreams({
    stdin: container?.stdin === true,
    stdinOnce: container?.stdinOnce === true,
  });
  const stopped = new AbortController();
  let log: LogFile | undefined;
  const done = (async () => {
    try {
      await makePodFolder(folder);
      log = await openLogFile(logPath(folder, pod));
      await play(pod, report, options, { log, streams, signal: stopped.signal });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      report.status({ phase: 'Failed', reason: 'Simulated', message: `${notice}; it failed: ${message}` });
    } finally {
      await log?.end();
      streams.end();
    }
  })();
  return {
    ...endedReplay(pod, folder),
    logs: (query, signal) => readLog(logPath(folder, pod), query, log, signal),
    attach: () => streams.attach(),
    async stop() {
      stopped.abort();
      await done;
    },
  };
}

async function play(
  pod: KubernetesObject,
  report: PodReporter,
  options: ReplayRuntimeOptions,
  to: { readonly log: LogFile; readonly streams: ContainerStreams; readonly signal: AbortSignal },
): Promise<void> {
  const status = createStatusWriter(pod, () => new Date());
  const container = (pod['spec'] as PodSpec).containers[0];
  const said = {
    reason: 'Simulated',
    message: notice,
    imageId: 'simulated',
    containerId: 'simulated://replay',
  };
  const startedAt = formatSeconds(new Date());
  report.event({ type: 'Warning', reason: 'Simulated', message: notice });
  report.event({ type: 'Normal', reason: 'Started', message: `Started container ${container?.name}` });
  report.status(status({ phase: 'Running', state: { running: { startedAt } }, ...said }));
  to.streams.discardInput();
  const isWhole = await printPaced(options, to);
  const exitCode = isWhole ? (options.exitCode ?? 0) : 137;
  await to.log.end();
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const terminated = { exitCode, reason, message: notice, startedAt, finishedAt: formatSeconds(new Date()) };
  report.status(status({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', state: { terminated }, ...said }));
}

/** False when the pod was stopped before the end. */
async function printPaced(
  { logFile, linesPerSecond = 40 }: ReplayRuntimeOptions,
  to: { readonly log: LogFile; readonly streams: ContainerStreams; readonly signal: AbortSignal },
): Promise<boolean> {
  const linesPerStep = Math.max(1, Math.round((linesPerSecond * stepMs) / 1000));
  const waitMs = (linesPerStep / linesPerSecond) * 1000;
  let inStep = 0;
  for await (const bytes of wholeLines(logFile)) {
    if (to.signal.aborted) return false;
    await to.streams.print({ stream: 'stderr', bytes }, to.log);
    inStep = (inStep + 1) % linesPerStep;
    if (inStep === 0) await delay(waitMs, undefined, { signal: to.signal }).catch(() => undefined);
  }
  return true;
}

/** Bytes are handed on as they are, line ends included. */
async function* wholeLines(file: string): AsyncIterable<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let end = rest.indexOf(0x0a);
    while (end >= 0) {
      yield rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
      end = rest.indexOf(0x0a);
    }
  }
  if (rest.length > 0) yield rest;
}

function endedReplay(pod: KubernetesObject, folder: PodFolder): NodePod {
  return {
    logs: (query, signal) => readLog(logPath(folder, pod), query, undefined, signal),
    attach: () => {
      const streams = createContainerStreams({ stdin: false, stdinOnce: false });
      streams.end();
      return streams.attach();
    },
    stop: () => Promise.resolve(),
    remove: () => removePodFolder(folder, undefined),
  };
}

function folderOf(podsFolder: string, pod: KubernetesObject): PodFolder {
  return podFolder(podsFolder, pod.metadata.uid ?? pod.metadata.name);
}

function logPath(folder: PodFolder, pod: KubernetesObject): string {
  return join(folder.logs, `${(pod['spec'] as PodSpec).containers[0]?.name ?? 'container'}.log`);
}
