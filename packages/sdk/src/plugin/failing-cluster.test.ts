import type { Cluster, ClusterPod, PodObservation } from '@kanikit/spec';
import { expect, it } from 'vitest';
import { createKanikit } from '../create-kanikit.ts';
import { cluster, source, store } from './plugins.test.helper.ts';

const request = { context: 'disk:', destinations: ['registry.example.com/team/app:1'] };

async function* fail(): AsyncGenerator<never> {
  await Promise.resolve();
  yield* [];
  throw new TypeError('sector is undefined');
}

/** A cluster whose pods have something of their own. */
function clusterOf(own: Partial<ClusterPod>): Cluster {
  const launch: Cluster['launch'] = async (...inputs) => ({ ...(await cluster.launch(...inputs)), ...own });
  return { ...cluster, check: async () => [], launch };
}

const ended: PodObservation = {
  type: 'ended',
  cause: 'completed',
  exitCode: 1,
  reason: 'Error',
  message: undefined,
  terminationMessage: undefined,
  startedAt: undefined,
  finishedAt: undefined,
};
async function* observe(...observations: readonly unknown[]): AsyncGenerator<PodObservation> {
  await Promise.resolve();
  yield* observations as readonly PodObservation[];
}

it.each([
  [
    'launch() that throws',
    { ...clusterOf({}), launch: () => fail().next() },
    'launch() failed: sector is undefined.',
  ],
  ['a pod without streams', clusterOf({ observations: undefined as never }), 'observations is missing'],
  ['observations that fail', clusterOf({ observations: fail() }), 'launch().observations failed: sector is'],
  [
    'observations without an end',
    clusterOf({ observations: observe({ type: 'held' }) }),
    'ended before it told',
  ],
  ['an unknown observation', clusterOf({ observations: observe({ type: 'hold' }) }), 'Did you mean "held"?'],
  [
    'an unknown end',
    clusterOf({ observations: observe({ ...ended, cause: 'oom' }) }),
    'cause must be "completed"',
  ],
  ['a problem without words', { ...cluster, check: async () => [{ code: 'x' }] }, '[0].message is missing'],
  ['manifests of nothing', { ...cluster, manifests: () => undefined }, 'manifests() answered: it is missing'],
] as const)(
  'a build on a cluster with %s is told that it is the plugin’s fault',
  async (_name, own, words) => {
    await using kanikit = await createKanikit({
      cluster: own as unknown as Cluster,
      sources: [source],
      store,
      credentials: false,
      retries: 0,
    });
    const { builds, problems } = await kanikit.start(request).result;
    const told = [...builds.map(({ failure }) => failure), ...problems].filter(
      (failure) => failure !== undefined,
    );
    expect(told).toContainEqual(expect.objectContaining({ code: 'plugin-failed' }));
    expect(told.map(({ message, hint }) => `${message} ${hint ?? ''}`).join(' ')).toContain(words);
    expect(told.map(({ code }) => code)).not.toContain('internal-error');
  },
);
