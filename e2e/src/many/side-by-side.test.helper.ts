import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { createKanikit, type Kanikit, type KanikitOptions, type KanikitRun } from '@kanikit/sdk';
import type { BuildRequest, KanikitEvent } from '@kanikit/spec';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeContext } from '../builds/sample-context.ts';
import { changeKubeconfig, everythingLeft } from '../clusters/test-cluster.ts';
import type { BuildNamespace, BuildPlace, StartBuildPlace } from '../clusters/build-place.ts';
import { type SecureProxy, startSecureProxy } from '../parts/secure-proxy.ts';

import { countRequests } from './count-requests.ts';
import { credentialsFor } from '../parts/registry-access.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

/** As a kubelet reports it. */
const evicted = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };

/** Builds of one client side by side, with the real executor: the same tests on the sandbox and on a real Kubernetes. */
export function describeSideBySide(name: string, start: StartBuildPlace): void {
  describe(`builds side by side on ${name}`, () => {
    let place: BuildPlace;
    let home: BuildNamespace;
    let proxy: SecureProxy;
    let folder: string;
    let kubeconfig: string;
    let store: KanikitOptions['store'];

    beforeAll(async () => {
      place = await start();
      home = await place.namespace();
      proxy = await startSecureProxy({ target: place.server, authority: place.authority });
      folder = await mkdtemp(join(tmpdir(), 'kanikit-side-by-side-'));
      kubeconfig = join(folder, 'kubeconfig');
      await changeKubeconfig(home.kubeconfig, kubeconfig, { server: proxy });
      store = storeIn(place.bucket, place.authority, home.namespace);
    });
    beforeEach(() => proxy.forget());
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]();
      await home?.[Symbol.asyncDispose]();
      await place?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const left = (): Promise<readonly string[]> => everythingLeft({ ...home, bucket: place.bucket });

    async function connect(options: Partial<KanikitOptions> = {}): Promise<Kanikit> {
      return await createKanikit({
        cluster: createCluster(await loadConnection({ env: {}, kubeconfig })),
        executor: executorByTag,
        credentials: credentialsFor(place),
        indexFolder: false,
        insecureRegistries: [place.registry],
        store,
        ...options,
      });
    }

    /** Builds named `b0`, `b1`, …, each with its `RUN`. */
    function requests(
      runs: readonly string[],
      more: Partial<BuildRequest> = {},
    ): Promise<readonly BuildRequest[]> {
      return Promise.all(
        runs.map(async (run, index): Promise<BuildRequest> => {
          const id = `b${index}`;
          const context = await writeContext(folder, `${id}-${Math.random().toString(36).slice(2)}`, {
            Dockerfile: `FROM ${place.baseImage}\nRUN ${run}\n`,
          });
          return {
            name: id,
            context,
            destinations: [`${place.registry}/${home.namespace}/${id}:1`],
            ...more,
          };
        }),
      );
    }

    const quotas = (): string => `/api/v1/namespaces/${home.namespace}/resourcequotas`;

    /** A quota that holds, until it is disposed of. */
    async function quota(hard: Readonly<Record<string, string>>): Promise<AsyncDisposable> {
      const body = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'builds' }, spec: { hard } };
      await home.api.call('POST', quotas(), body);
      const status = async (): Promise<object | undefined> => {
        const made = await home.api.call<{ readonly status?: { readonly hard?: object } }>(
          'GET',
          `${quotas()}/builds`,
        );
        return made.body.status?.hard;
      };
      await expect.poll(status, { timeout: 30_000, interval: 50 }).toEqual(hard);
      return {
        [Symbol.asyncDispose]: async () => void (await home.api.call('DELETE', `${quotas()}/builds`)),
      };
    }

    test('no more at once than are allowed, and those that wait are told what for', async () => {
      await using kanikit = await connect({ concurrencyPerRegistry: 2 });
      const run = kanikit.start(await requests(['sleep 1', 'sleep 1', 'sleep 1']));
      const { most, events } = await follow(run);
      expect((await run.result).outcome).toBe('succeeded');
      expect(most).toBe(2);
      expect(waits(events)).toContainEqual(
        `2 builds run at once that push to ${place.registry}; this one is next`,
      );
      expect(await left()).toEqual([]);
    });

    test('a quota that is full is waited for, in order, and no build is tried twice', async () => {
      await using _two = await quota({ pods: '2' });
      await using kanikit = await connect();
      const run = kanikit.start(await requests(['sleep 1', 'sleep 1', 'sleep 1', 'sleep 1']));
      const { events } = await follow(run);
      expect((await run.result).outcome).toBe('succeeded');
      expect(waits(events).join('\n')).toContain(
        `The quota builds of namespace ${home.namespace} has no room: pods 2 of 2 used, 1 more is asked for.`,
      );
      expect(events.filter(({ type }) => type === 'build-retry')).toEqual([]);
      expect(await left()).toEqual([]);
    });

    test('what never fits fails at once, and says why', async () => {
      await using _little = await quota({ 'requests.memory': '1Gi' });
      await using kanikit = await connect();
      const ask = async (memory: string | undefined): Promise<unknown> => {
        const [request] = await requests(['true'], { pod: { requests: { memory } } });
        return await kanikit.build(request!);
      };
      await expect(ask('2Gi')).rejects.toMatchObject({
        code: 'quota-exceeded',
        retryable: false,
        message: /would never fit into the quota builds/,
      });
      await expect(ask(undefined)).rejects.toMatchObject({ code: 'amounts-missing' });
      expect(await left()).toEqual([]);
    });

    test('a pod that its node evicts is replaced; one that fails or is deleted by someone is not', async () => {
      await using kanikit = await connect();
      const run = kanikit.start(await requests(['echo here && sleep 3', 'echo here && sleep 300', 'exit 3']));
      const pods = new Map<string | undefined, string>();
      const isLost = new Set<string | undefined>();
      const { events } = await follow(run, async (event) => {
        if (event.type === 'pod-create') pods.set(event.build, event.pod.split('/').at(-1) ?? '');
        if (event.type !== 'output' || event.text !== 'here' || isLost.has(event.build)) return;
        isLost.add(event.build);
        const path = `/api/v1/namespaces/${home.namespace}/pods/${pods.get(event.build)}`;
        if (event.build?.startsWith('b0') === true)
          await home.api.call('PATCH', `${path}/status`, { status: evicted });
        await home.api.call('DELETE', `${path}?gracePeriodSeconds=0`);
      });
      const { builds } = await run.result;
      expect(builds.map(({ outcome, attempts }) => [outcome, attempts.length])).toEqual([
        ['succeeded', 2],
        ['failed', 1],
        ['failed', 1],
      ]);
      expect(events.filter(({ type }) => type === 'build-retry')).toMatchObject([
        { code: 'pod-evicted', attempt: 2 },
      ]);
      expect(await left()).toEqual([]);
    });

    test('fail-fast cancels the others, and says for whom', async () => {
      await using kanikit = await connect({ concurrency: 2 });
      const run = kanikit.start(await requests(['exit 1', 'sleep 300', 'true']), { failFast: true });
      const { outcome, builds, isFailedFast } = await run.result;
      expect({ outcome, isFailedFast }).toEqual({ outcome: 'failed', isFailedFast: true });
      expect(builds.map((build) => [build.outcome, build.reason])).toEqual([
        ['failed', undefined],
        ['cancelled', 'build b0 failed'],
        ['cancelled', 'build b0 failed'],
      ]);
      expect(await left()).toEqual([]);
    });

    test('one of many is cancelled, and the others go on', async () => {
      await using kanikit = await connect();
      const run = kanikit.start(await requests(['sleep 2', 'echo here && sleep 300']));
      await follow(run, (event) => {
        if (event.type === 'output' && event.text === 'here')
          run.cancel({ build: event.build, reason: 'not needed' });
      });
      const { builds } = await run.result;
      expect(builds.map((build) => [build.outcome, build.reason])).toEqual([
        ['succeeded', undefined],
        ['cancelled', 'not needed'],
      ]);
      expect(await left()).toEqual([]);
    });

    test.each([
      ['a build', 1, 'true'],
      ['a build of ten seconds', 1, 'for i in 1 2 3 4 5 6 7 8 9 10; do echo $i && sleep 1; done'],
      ['four builds', 4, 'true'],
    ])(
      '%s: the API server is asked for what is made and removed, and nothing is polled',
      async (_what, count, command) => {
        await using kanikit = await connect();
        const run = kanikit.start(await requests(Array.from({ length: count }, () => command)));
        expect((await run.result).outcome).toBe('succeeded');
        const { 'get pods/log': logs = 0, ...counts } = Object.fromEntries(countRequests(proxy.requests));
        expect(counts, JSON.stringify(counts)).toMatchObject({
          'create selfsubjectrulesreviews': 1,
          'watch pods': 1,
          'create pods': count,
          'create secrets': count,
          'delete pods': count,
          'delete secrets': count,
        });
        // One that ended before its pod was known to have is read once more: an answer in good form may have been cut all the same.
        expect(logs).toBeGreaterThanOrEqual(count);
        expect(logs, `of logs: ${logs}`).toBeLessThanOrEqual(2 * count);
        // On a busy machine a pod is waited for, and its events are watched; one that was launched ahead gets its context by a patch.
        const ofBusy = ['watch events', 'patch pods', 'patch secrets'];
        const others = Object.entries(counts).filter(([kind]) => ofBusy.includes(kind));
        expect(Object.keys(counts), JSON.stringify(counts)).toHaveLength(6 + others.length);
        for (const [kind, each] of others) expect(each, kind).toBeLessThanOrEqual(2 * count);
        expect(await left()).toEqual([]);
      },
    );
  });
}

/** All events, and how many builds had a pod at once. */
async function follow(
  run: KanikitRun,
  onEvent?: (event: KanikitEvent) => unknown,
): Promise<{ readonly events: readonly KanikitEvent[]; readonly most: number }> {
  const events: KanikitEvent[] = [];
  const withPod = new Set<string | undefined>();
  let most = 0;
  for await (const event of run.events) {
    events.push(event);
    if (event.type === 'pod-create') withPod.add(event.build);
    if (event.type === 'build-end') withPod.delete(event.build);
    most = Math.max(most, withPod.size);
    await onEvent?.(event);
  }
  return { events, most };
}

const waits = (events: readonly KanikitEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'build-wait' ? [event.message ?? ''] : []));
