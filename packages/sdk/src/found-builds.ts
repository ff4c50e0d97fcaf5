import { createLineRedactor, createRedactor } from '@kanikit/toolkit/secrets';
import { attachRun, createEventStream, selectBuilds } from '@kanikit/core';
import {
  type Cluster,
  type ClusterBuilds,
  type FoundBuild,
  KanikitError,
  type LogLine,
  type RunContext,
  steadyNow,
} from '@kanikit/spec';
import type * as Checks from './check/checks.ts';
import type { BuildsOptions, CancelledBuild, FoundBuilds } from './calls/found-builds.ts';
import type { KanikitRun } from './calls/kanikit-run.ts';
import { presentRun } from './present-run.ts';
import { ofSignal, stoppable } from './stoppable.ts';

export interface FoundBuildsEnvironment {
  readonly checks: typeof Checks;
  readonly cluster: Cluster;
  readonly logFolder: string | undefined;
  readonly isSimulated: boolean;
  /** Told of every run that is being followed. */
  readonly onRun: (run: KanikitRun) => void;
}

export function createFoundBuilds({
  checks,
  cluster,
  logFolder,
  isSimulated,
  onRun,
}: FoundBuildsEnvironment): FoundBuilds {
  const select = async (
    names: string | readonly string[],
    { namespace, isEverywhere, signal }: BuildsOptions,
  ): Promise<{
    readonly found: readonly FoundBuild[];
    readonly own: ClusterBuilds;
    readonly run: RunContext;
  }> => {
    const own = buildsOf(cluster);
    const { description } = cluster;
    const run = runOf(signal);
    const { builds } = await stoppable(
      'Looking for builds',
      signal,
      async () => await own.find({ namespace, isEverywhere }, run),
    );
    const wanted = typeof names === 'string' ? [names] : names;
    const inside =
      isEverywhere === true ? 'all namespaces' : `namespace ${namespace ?? description.namespace}`;
    return { found: selectBuilds(wanted, builds, `${inside} of ${description.name}`), own, run };
  };
  return {
    async builds(options = {}) {
      const { namespace, isEverywhere, signal } = checks.checkCall(
        checks.buildsOptionsSchema,
        options,
        'builds()',
      );
      return await stoppable(
        'Looking for builds',
        signal,
        async () => (await buildsOf(cluster).find({ namespace, isEverywhere }, runOf(signal))).builds,
      );
    },
    async attach(names, options = {}) {
      checks.checkCall(checks.attachOptionsSchema, options, 'attach()');
      checks.checkArgument(checks.namesSchema, names, 'the names of builds to attach to');
      const { found, own } = await select(names, options);
      const stream = createEventStream();
      const run = attachRun(
        found,
        {
          cluster: cluster.description,
          builds: own,
          logFolder: options.logFolder ?? logFolder,
          isSimulated,
          now: Date.now,
          steadyNow,
        },
        { signal: options.signal, onEvent: stream.sink },
      );
      const attached = presentRun(run, stream, checks);
      onRun(attached);
      return attached;
    },
    async *logs(name, options = {}) {
      checks.checkCall(checks.logsOptionsSchema, options, 'logs()');
      checks.checkArgument(checks.nameSchema, name, 'the name of the build');
      const { found, own, run } = await select(name, options);
      const [build] = found;
      if (build === undefined || found.length > 1) throw severalLogs(name, found);
      const { isFollowed = false, sinceMs } = options;
      const pod = isFollowed ? own.adopt(build, run) : undefined;
      const lines = createLineRedactor(createRedactor());
      const from = sinceMs === undefined ? Number.NEGATIVE_INFINITY : run.now() - sinceMs;
      let last: LogLine | undefined;
      try {
        for await (const line of pod?.log ?? own.readLog(build, run)) {
          if (line.timeMs < from) continue;
          last = line;
          const bytes = lines.next(line.bytes);
          if (bytes.length > 0) yield { ...line, bytes };
        }
        const rest = lines.end();
        if (last !== undefined && rest.length > 0) yield { ...last, bytes: rest };
      } catch (error) {
        throw ofSignal('Reading the log', options.signal, error);
      } finally {
        pod?.leave?.();
      }
    },
    async inspect(name, options = {}) {
      checks.checkCall(checks.buildsOptionsSchema, options, 'inspect()');
      checks.checkArgument(checks.nameSchema, name, 'the name of the build');
      const { found, own, run } = await select(name, options);
      const [build] = found;
      if (build === undefined || found.length > 1) throw severalLogs(name, found);
      const details = await stoppable(
        'Looking at the build',
        options.signal,
        async () => await own.inspect(build, run),
      );
      return { ...build, details };
    },
    async cancel(names, options = {}) {
      checks.checkCall(checks.buildsOptionsSchema, options, 'cancel()');
      checks.checkArgument(checks.namesSchema, names, 'the names of builds to cancel');
      const { found, own, run } = await select(names, options);
      return await stoppable(
        'Cancelling builds',
        options.signal,
        async () =>
          await Promise.all(
            found.map(async (build): Promise<CancelledBuild> => {
              if (build.phase.state === 'ended') return { build, outcome: 'ended', isMarked: true };
              return { build, outcome: 'cancelled', isMarked: await own.cancel(build, run) };
            }),
          ),
      );
    },
  };
}

/**
 * The part of a cluster that knows builds of other clients.
 *
 * @throws KanikitError `builds-unknown` for a driver that has none
 */
export function buildsOf({ builds, description }: Cluster): ClusterBuilds {
  if (builds !== undefined) return builds;
  throw new KanikitError({
    code: 'builds-unsupported',
    message: `Looking for builds in ${description.name}: the driver of this cluster knows only its own.`,
    hint: 'Use the built-in driver.',
  });
}

function runOf(signal: AbortSignal = new AbortController().signal): RunContext {
  return { signal, now: Date.now };
}

function severalLogs(name: string, found: readonly FoundBuild[]): KanikitError {
  return new KanikitError({
    code: 'build-ambiguous',
    message: `Looking for build "${name}": it is a run of ${found.length} builds.`,
    hint: `Name one of them:\n${found.map(({ buildId }) => `  ${buildId}`).join('\n')}`,
  });
}
