import type {
  Cluster,
  ClusterPod,
  LogLine,
  PodLaunch,
  PodObservation,
  PodResult,
  Problem,
} from '@kanikit/spec';

/** What a scripted pod does. */
export interface PodScript {
  readonly log?: string | undefined;
  readonly before?: readonly PodObservation[] | undefined;
  readonly result?: Partial<PodResult> | undefined;
  /** The pod stays running until it is removed. */
  readonly isEndless?: boolean | undefined;
  /** The pod ends before it was given what it waits for. */
  readonly isEarly?: boolean | undefined;
  readonly launchError?: Error | undefined;
  readonly logError?: Error | undefined;
  /** Each line of the log comes so much later than the one before. */
  readonly linePauseMs?: number | undefined;
  /** The log goes on after the pod has ended. */
  readonly isLogEndless?: boolean | undefined;
  /** Ends the watch instead of the pod. */
  readonly watchError?: Error | undefined;
  readonly stdinError?: Error | undefined;
  readonly removeError?: Error | undefined;
}

/** A cluster in memory that plays scripts: for tests of the engine, which knows clusters only by their contract. */
export interface ScriptedCluster extends Cluster {
  readonly launched: readonly PodLaunch[];
  /** Names of pods that exist now. */
  readonly pods: ReadonlySet<string>;
  /** Names of pods that were left with nothing secret, to be looked at. */
  readonly kept: ReadonlySet<string>;
  /** Names of pods that the client let go of. */
  readonly left: ReadonlySet<string>;
  readonly received: ReadonlyMap<string, Uint8Array>;
  /** Late values by pod. */
  readonly provided: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Resolves when the named number of pods has been launched. */
  launchedCount(count: number): Promise<void>;
}

const completed: PodResult = {
  cause: 'completed',
  exitCode: 0,
  reason: 'Completed',
  message: undefined,
  terminationMessage: undefined,
  startedAt: 0,
  finishedAt: 0,
};

export function createScriptedCluster(
  scriptOf: (launch: PodLaunch) => PodScript,
  problems: readonly Problem[] = [],
  options: { readonly canLaunchAhead?: boolean } = {},
): ScriptedCluster {
  const launched: PodLaunch[] = [];
  const pods = new Set<string>();
  const received = new Map<string, Uint8Array>();
  const provided = new Map<string, Readonly<Record<string, string>>>();
  const [kept, left] = [new Set<string>(), new Set<string>()];
  const waiters: { count: number; resolve: () => void }[] = [];
  return {
    specVersion: 1,
    description: {
      kind: 'kubeconfig',
      name: 'scripted',
      server: 'https://scripted.invalid',
      namespace: 'builds',
    },
    launched,
    pods,
    kept,
    left,
    received,
    provided,
    launchedCount: (count) =>
      new Promise((resolve) => {
        if (launched.length >= count) resolve();
        else waiters.push({ count, resolve });
      }),
    manifests: (launch) => [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: launch.name }, spec: { args: launch.args } },
    ],
    check: async () => problems,
    canLaunchAhead: () => options.canLaunchAhead ?? false,
    launch: async (launch, run) => {
      const script = scriptOf(launch);
      run.signal.throwIfAborted();
      if (script.launchError !== undefined) throw script.launchError;
      launched.push(launch);
      pods.add(launch.name);
      for (const waiter of waiters) if (launched.length >= waiter.count) waiter.resolve();
      return createPod(launch, script, { pods, kept, left, received, provided });
    },
    close: async () => undefined,
  };
}

interface PodBooks {
  readonly pods: Set<string>;
  readonly kept: Set<string>;
  readonly left: Set<string>;
  readonly received: Map<string, Uint8Array>;
  readonly provided: Map<string, Readonly<Record<string, string>>>;
}

function createPod(
  launch: PodLaunch,
  script: PodScript,
  { pods, kept, left, received, provided }: PodBooks,
): ClusterPod {
  const removed = Promise.withResolvers<void>();
  const stdinTaken = Promise.withResolvers<void>();
  const isLate = (launch.lateSecretEnv ?? []).length > 0;
  if (!launch.isStdinUsed && (!isLate || script.isEarly === true)) stdinTaken.resolve();
  return {
    namespace: 'builds',
    name: launch.name,
    observations: (async function* observe(): AsyncGenerator<PodObservation> {
      yield* script.before ?? [];
      yield { type: 'running', node: 'node-1', startedAt: 0 };
      await stdinTaken.promise;
      if (script.isEndless === true) await removed.promise;
      if (script.watchError !== undefined) throw script.watchError;
      yield { type: 'ended', ...completed, ...script.result };
    })(),
    log: (async function* read(): AsyncGenerator<LogLine> {
      await stdinTaken.promise;
      for (const line of (script.log ?? '').split(/(?<=\n)/)) {
        if (script.linePauseMs !== undefined)
          await new Promise((resolve) => setTimeout(resolve, script.linePauseMs));
        yield { bytes: Buffer.from(line), timeMs: 0 };
      }
      if (script.logError !== undefined) throw script.logError;
      if (script.isLogEndless === true) await removed.promise;
    })(),
    sendStdin: async (archive) => {
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of archive) chunks.push(chunk);
        if (script.stdinError !== undefined) throw script.stdinError;
      } finally {
        received.set(launch.name, Buffer.concat(chunks));
        stdinTaken.resolve();
      }
    },
    provide: async (values) => {
      provided.set(launch.name, values);
      stdinTaken.resolve();
    },
    remove: async () => {
      removed.resolve();
      if (script.removeError !== undefined) throw script.removeError;
      pods.delete(launch.name);
    },
    keep: async () => void kept.add(launch.name),
    leave: () => void left.add(launch.name),
  };
}
