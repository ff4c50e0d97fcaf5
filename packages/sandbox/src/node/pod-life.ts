import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isKanikitError } from '@kanikit/spec';
import { planContainer, type ContainerPlan } from './container-plan.ts';
import { programEnvironment } from './program-environment.ts';
import type { ContainerStreams } from './container-streams.ts';
import { finishContainer } from './finish-container.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import type { NodeContext } from './node-context.ts';
import type { ObtainedExecutor } from './obtain-executor.ts';
import { clearContainer, makePodFolder, type PodFolder } from './pod-folder.ts';
import type { KubernetesObject, ObjectReader, PodReporter } from './pod-runtime.ts';
import type { ContainerSpec, PodSpec } from './pod-spec.ts';
import { createStatusWriter, formatSeconds, nodeAddress, type StatusInput } from './pod-status.ts';
import { signalProcess } from './processes.ts';
import { refusePod } from './refuse-pod.ts';
import { runContainer, type RunningContainer } from './run-container.ts';
import { watchStorage } from './storage-watch.ts';
import { prepareVolumes, type PreparedVolume } from './volumes.ts';

/** One pod on its way through the node. */
export interface PodLife {
  readonly pod: KubernetesObject;
  readonly objects: ObjectReader;
  readonly report: PodReporter;
  readonly node: NodeContext;
  readonly folder: PodFolder;
  readonly streams: ContainerStreams;
  /** Aborted when the pod is stopped before its program runs. */
  readonly signal: AbortSignal;
  /** Resolves when the pod's object changes next. */
  readonly changed: () => Promise<void>;
  /** Told as soon as there is one. */
  readonly onLog: (log: LogFile) => void;
  readonly onRunning: (container: RunningContainer) => void;
}

/** The kubelet waits half a second before it tries again, then twice as long each time, up to two minutes. */
const firstRetryMs = 500;
const longestRetryMs = 122_000;
/** A container whose secret or config map is missing is tried again every 10 to 15 seconds, or when the pod changes. */
const longestConfigRetryMs = 12_000;
/** Image pulls back off slower. */
const firstPullRetryMs = 10_000;
const longestPullRetryMs = 300_000;

/** Takes a pod from its creation to its end. Everything is reported; throws only when `signal` aborts. */
export async function livePod(life: PodLife): Promise<void> {
  const status = createStatusWriter(life.pod, life.node.now);
  const tell = (input: StatusInput): void => life.report.status(status(input));
  const waiting = (reason: string, message?: string): void =>
    tell({ phase: 'Pending', state: { waiting: { reason, ...(message !== undefined && { message }) } } });
  const refusal = refusePod(life.pod['spec'] as PodSpec);
  if (refusal !== undefined) {
    const message = `Pod was rejected: ${refusal}`;
    life.report.event({ type: 'Warning', reason: 'SandboxUnsupported', message });
    const state = { waiting: { reason: 'ContainerCreating' } };
    tell({ phase: 'Failed', reason: 'SandboxUnsupported', message, state });
    return;
  }
  waiting('ContainerCreating');
  // Slow the first time: made while volumes and the executor are got. Its failure is told where it is needed.
  life.node.tools().catch(() => undefined);
  await makePodFolder(life.folder);
  // What a node that was killed while this pod was pending left of it.
  await clearContainer(life.folder, await life.node.isolation().catch(() => undefined));
  const volumes = await mountVolumes(life);
  const executor = await pullExecutor(life, waiting);
  if (executor.substitution !== undefined) {
    const state = { waiting: { reason: 'ContainerCreating' } };
    const message = `${executor.substitution}.`;
    tell({ phase: 'Pending', state, notice: { reason: 'ExecutorSubstituted', message } });
  }
  const plan = await configure(life, executor, waiting);
  await run(life, plan, executor, volumes, tell);
}

async function mountVolumes(life: PodLife): Promise<ReadonlyMap<string, PreparedVolume>> {
  return retrying(life.signal, firstRetryMs, longestRetryMs, async () => {
    try {
      return await prepareVolumes(life.pod, life.objects, life.folder.volumes, nodeAddress);
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      life.report.event({ type: 'Warning', reason: 'FailedMount', message: error.message });
      return undefined;
    }
  });
}

async function pullExecutor(
  life: PodLife,
  waiting: (reason: string, message?: string) => void,
): Promise<ObtainedExecutor> {
  const { image } = containerOf(life.pod);
  const startedAt = performance.now();
  return retrying(life.signal, firstPullRetryMs, longestPullRetryMs, async () => {
    life.report.event({ type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` });
    try {
      const executor = await life.node.obtain(image, life.signal);
      const seconds = `${((performance.now() - startedAt) / 1000).toFixed(3)}s`;
      const message = `Successfully pulled image "${image}" in ${seconds} (${seconds} including waiting).`;
      life.report.event({ type: 'Normal', reason: 'Pulled', message });
      if (executor.substitution !== undefined) {
        life.report.event({ type: 'Warning', reason: 'ExecutorSubstituted', message: executor.substitution });
      }
      waiting('ContainerCreating');
      return executor;
    } catch (error) {
      life.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      const message = `Failed to pull image "${image}": ${reason}`;
      life.report.event({ type: 'Warning', reason: 'Failed', message });
      life.report.event({ type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' });
      waiting('ErrImagePull', message);
      await delay(firstRetryMs, undefined, { signal: life.signal });
      const backOff = `Back-off pulling image "${image}"`;
      life.report.event({ type: 'Normal', reason: 'BackOff', message: backOff });
      life.report.event({ type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' });
      waiting('ImagePullBackOff', `${backOff}: ErrImagePull: ${message}`);
      return undefined;
    }
  });
}

async function configure(
  life: PodLife,
  executor: ObtainedExecutor,
  waiting: (reason: string, message?: string) => void,
): Promise<ContainerPlan> {
  const attempt = (): Promise<ContainerPlan | undefined> => {
    try {
      return Promise.resolve(
        planContainer(
          life.pod,
          executor.wanted.kind,
          life.objects,
          nodeAddress,
          programEnvironment(executor.program),
        ),
      );
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      waiting('CreateContainerConfigError', error.message);
      life.report.event({ type: 'Warning', reason: 'Failed', message: `Error: ${error.message}` });
      return Promise.resolve(undefined);
    }
  };
  return retrying(life.signal, firstRetryMs, longestConfigRetryMs, attempt, life.changed);
}

async function run(
  life: PodLife,
  plan: ContainerPlan,
  executor: ObtainedExecutor,
  volumes: ReadonlyMap<string, PreparedVolume>,
  tell: (input: StatusInput) => void,
): Promise<void> {
  const { node, folder, report } = life;
  const imageId = `sha256:${executor.program.sha256}`;
  const log = await openLogFile(join(folder.logs, `${plan.name}.log`));
  life.onLog(log);
  let container: RunningContainer;
  try {
    container = await runContainer({
      folder,
      plan,
      volumes,
      program: executor.program,
      certificates: node.certificates(),
      isolation: await node.isolation(),
      tools: await node.tools(),
      stdin: containerOf(life.pod).stdin === true,
      signal: life.signal,
    });
  } catch (error) {
    await log.end();
    life.signal.throwIfAborted();
    const hint = isKanikitError(error) && error.code !== 'container-start' ? error.hint : undefined;
    const message = [error instanceof Error ? error.message : String(error), hint].filter(Boolean).join(' ');
    report.event({ type: 'Warning', reason: 'Failed', message: `Error: ${message}` });
    const at = { startedAt: null, finishedAt: formatSeconds(node.now()) };
    const state = { terminated: { exitCode: 128, reason: 'StartError', message, ...at } };
    tell({ phase: 'Failed', imageId, state });
    return;
  }
  life.onRunning(container);
  const containerId = `kanikit://${container.id}`;
  const startedAt = formatSeconds(node.now());
  report.event({ type: 'Normal', reason: 'Created', message: `Created container: ${plan.name}` });
  report.event({ type: 'Normal', reason: 'Started', message: `Started container ${plan.name}` });
  if (container.cgroups.missing !== undefined) {
    const message = `Limits of the container are not enforced: ${container.cgroups.missing}`;
    report.event({ type: 'Warning', reason: 'LimitsNotEnforced', message });
  }
  tell({ phase: 'Running', imageId, containerId, state: { running: { startedAt } } });
  const over = new AbortController();
  const eviction = watchStorage({
    program: executor.program,
    folder,
    volumes,
    container: containerOf(life.pod),
    intervalMs: node.storageCheckMs,
    signal: over.signal,
  }).then(async (message) => {
    if (message === undefined) return undefined;
    report.event({ type: 'Warning', reason: 'Evicted', message });
    report.event({ type: 'Normal', reason: 'Killing', message: `Stopping container ${plan.name}` });
    await signalProcess(container.process, 'SIGKILL');
    return message;
  });
  const output = life.streams.connect(container, log);
  const ended = await container.ended;
  over.abort();
  await output;
  await log.end();
  const terminated = await finishContainer({ container, plan, folder, ended, startedAt, now: node.now() });
  const evicted = await eviction.catch(() => undefined);
  tell({
    phase: ended.exitCode === 0 && evicted === undefined ? 'Succeeded' : 'Failed',
    imageId,
    containerId,
    state: { terminated: { ...terminated, containerID: containerId } },
    ...(evicted !== undefined && {
      reason: 'Evicted',
      message: evicted,
      disruption: { reason: 'TerminationByKubelet', message: evicted },
    }),
  });
}

/** Tries until there is a result, waiting longer each time. */
async function retrying<T>(
  signal: AbortSignal,
  firstMs: number,
  longestMs: number,
  attempt: () => Promise<T | undefined>,
  wake?: () => Promise<void>,
): Promise<T> {
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, longestMs)) {
    signal.throwIfAborted();
    const woken = wake?.();
    const result = await attempt();
    if (result !== undefined) return result;
    await sooner(waitMs, woken, signal);
  }
}

async function sooner(waitMs: number, wake: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  const awake = new AbortController();
  void wake?.then(() => awake.abort());
  await delay(waitMs, undefined, { signal: AbortSignal.any([signal, awake.signal]) }).catch(() => undefined);
  signal.throwIfAborted();
}

function containerOf(pod: KubernetesObject): ContainerSpec {
  return (pod['spec'] as PodSpec).containers[0]!;
}
