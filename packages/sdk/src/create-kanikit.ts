import { createAdmission, createEventStream, type Environment, planRun, startRun } from '@kanikit/core';
import { resultOrThrow } from './build-error.ts';
import { cancelOnSignal } from './cancel-on-signal.ts';
import { connectCluster } from './connect-cluster.ts';
import { createClientEnvironment } from './create-client-environment.ts';
import { createFoundBuilds } from './found-builds.ts';
import type { Kanikit } from './calls/kanikit.ts';
import type { KanikitRun } from './calls/kanikit-run.ts';
import { presentRun } from './present-run.ts';
import type { KanikitOptions } from './options.ts';
import { prune } from './prune.ts';
import { stoppable } from './stoppable.ts';

const defaultConcurrency = 10;

/**
 * Connects to a cluster and gets ready to build.
 *
 * @example
 * await using kanikit = await createKanikit();
 * const { digest } = await kanikit.build({ context: './app', destinations: ['registry.example.com/team/app:1.0'] });
 *
 * @throws KanikitError `kubeconfig-missing`, `kubeconfig-invalid`, … with a hint
 */
export async function createKanikit(options: KanikitOptions = {}): Promise<Kanikit> {
  const checks = await import('./check/checks.ts');
  const environment = await createEnvironment(checks.checkKanikitOptions(options));
  const running = new Set<KanikitRun>();
  let endReason: string | undefined;
  const track = (run: KanikitRun): void => {
    running.add(run);
    void run.result.finally(() => running.delete(run));
    // A script that goes on with its next build, while others still clean up, would leave that one behind.
    if (endReason !== undefined) run.cancel({ reason: endReason });
  };
  const start: Kanikit['start'] = (requests, startOptions = {}) => {
    const checked = checks.checkRequests(requests);
    checks.checkCall(checks.startOptionsSchema, startOptions, 'start()');
    const stream = createEventStream();
    const { signal, failFast, isDetached } = startOptions;
    const options = { signal, failFast, isDetached, onEvent: stream.sink };
    const run = presentRun(startRun(checked, environment, options), stream, checks);
    track(run);
    return run;
  };
  const end = async (reason: string): Promise<void> => {
    endReason ??= reason;
    for (const run of running) run.cancel({ reason });
    while (running.size > 0) await Promise.all(Array.from(running, (run) => run.result));
    await environment.cluster.close();
  };
  const letGo = options.onSignal === 'cancel' ? cancelOnSignal(end) : undefined;
  const close = async (): Promise<void> => {
    try {
      await end('kanikit was closed');
    } finally {
      letGo?.();
    }
  };
  const found = createFoundBuilds({
    checks,
    cluster: environment.cluster,
    logFolder: environment.logFolder,
    isSimulated: environment.isSimulated,
    onRun: track,
  });
  return {
    ...found,
    prune: async (pruneOptions = {}) => {
      checks.checkCall(checks.pruneOptionsSchema, pruneOptions, 'prune()');
      return await stoppable(
        'Removing what builds left',
        pruneOptions.signal,
        async () => await prune(environment.cluster, environment.store, pruneOptions),
      );
    },
    cluster: environment.cluster.description,
    start,
    build: async (request, startOptions) => {
      const run = start(checks.checkRequest(request), startOptions);
      return resultOrThrow(await run.result, startOptions?.signal);
    },
    plan: async (requests, planOptions = {}) => {
      const checked = checks.checkRequests(requests);
      const { signal } = checks.checkCall(checks.startOptionsSchema, planOptions, 'plan()');
      const run = { signal: signal ?? new AbortController().signal, now: Date.now };
      return await stoppable(
        'Planning the builds',
        signal,
        async () => await planRun(checked, environment, run),
      );
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function createEnvironment(options: KanikitOptions): Promise<Environment> {
  const client = await createClientEnvironment(options);
  const cluster = await connectCluster(options.cluster, client.clientEnv);
  const { concurrency = defaultConcurrency, concurrencyPerNamespace, concurrencyPerRegistry } = options;
  const limits = { concurrency, concurrencyPerNamespace, concurrencyPerRegistry };
  return { ...client, cluster, admission: createAdmission(limits, cluster) };
}
