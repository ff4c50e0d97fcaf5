import type { PodScript } from '@kanikit/sandbox';
import type { BuildResult, KanikitRun } from '@kanikit/sdk';
import type { BuildRequest, KanikitEvent } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { countRequests } from './count-requests.ts';
import { destinationOf, goodBuild, goodLog, startScriptedLab, type ScriptedLab } from './scripted-lab.ts';

const insecureRegistries: readonly string[] = [];

function requests(lab: ScriptedLab, count: number, more: Partial<BuildRequest> = {}): BuildRequest[] {
  return Array.from({ length: count }, (_value, index) => ({
    name: `b${index}`,
    context: lab.context,
    destinations: [`registry.example/b${index}:1`],
    insecureRegistries,
    ...more,
  }));
}

async function eventsOf(
  run: KanikitRun,
  onEvent?: (event: KanikitEvent) => void,
): Promise<readonly KanikitEvent[]> {
  const events: KanikitEvent[] = [];
  for await (const event of run.events) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}

const outcomes = (builds: readonly BuildResult[]): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(builds, ({ outcome }) => outcome)].map(([outcome, all]) => [outcome, all.length]));

/** A pod's attempt, by its label. */
function attemptOf({ pod }: Parameters<PodScript>[0]): number {
  const { labels } = pod.metadata as { readonly labels?: Readonly<Record<string, string>> };
  return Number(labels?.['kanikit.dev/attempt']);
}

/** Runs until it is told to end by name, or stopped. */
function gate(): { readonly script: PodScript; open(): void; readonly running: Set<string> } {
  const opened = Promise.withResolvers<void>();
  const running = new Set<string>();
  return {
    running,
    open: () => opened.resolve(),
    script: async (container) => {
      const name = destinationOf(container.pod);
      running.add(name);
      const stopped = new Promise<void>((resolve) =>
        container.signal.addEventListener('abort', () => resolve()),
      );
      container.run();
      await Promise.race([opened.promise, stopped]);
      running.delete(name);
      if (container.signal.aborted) return { exitCode: 143 };
      return goodBuild(container);
    },
  };
}

test('150 builds of one client: eight requests for each at most, one watch, nothing left', async () => {
  await using lab = await startScriptedLab(goodBuild);
  const kanikit = await lab.connect({ concurrency: 25 });
  const run = kanikit.start(requests(lab, 150));
  const [result] = await Promise.all([run.result, eventsOf(run)]);
  expect(outcomes(result.builds)).toEqual(new Map([['succeeded', 150]]));
  const counts = countRequests(lab.proxy.requests);
  expect(counts.get('create pods')).toBe(150);
  expect(counts.get('watch pods')).toBeLessThanOrEqual(1);
  expect(counts.get('list pods') ?? 0).toBe(0);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect(total, JSON.stringify([...counts])).toBeLessThanOrEqual(8 * 150);
  expect(result.leftovers).toEqual([]);
  expect(await lab.leftovers()).toEqual([]);
});

test('a script that builds one by one shares limits with a run; registries have their own', async () => {
  const { script, open, running } = gate();
  await using lab = await startScriptedLab(script);
  const kanikit = await lab.connect({ concurrency: 5, concurrencyPerRegistry: 2 });
  const waits: string[] = [];
  const run = kanikit.start(requests(lab, 6));
  const watched = eventsOf(run).then((events) =>
    waits.push(...events.flatMap((event) => (event.type === 'build-wait' ? [event.message ?? ''] : []))),
  );
  const others = ['quay.example', 'ghcr.example'].flatMap((host) =>
    [1, 2, 3].map((index) => kanikit.build({ context: lab.context, destinations: [`${host}/c${index}:1`] })),
  );
  await expect.poll(() => running.size, { timeout: 30_000 }).toBe(5);
  const hosts = Map.groupBy(running, (name) => name.split('/')[0]);
  for (const [host, names] of hosts) expect(names.length, host).toBeLessThanOrEqual(2);
  open();
  await Promise.all([run.result, ...others, watched]);
  expect(waits).toContainEqual('2 builds run at once that push to registry.example; this one is next');
  expect(await lab.leftovers()).toEqual([]);
});

test('a quota that is full is waited for, in order, and one watch tells', async () => {
  const { script, open } = gate();
  await using lab = await startScriptedLab(script);
  const quotas = '/api/v1/namespaces/default/resourcequotas';
  const hard = { pods: '2', 'requests.memory': '4Gi' };
  await lab.call('POST', quotas, { metadata: { name: 'builds' }, spec: { hard } });
  lab.proxy.forget();
  const kanikit = await lab.connect({ concurrency: 10 });
  const run = kanikit.start(requests(lab, 12, { pod: { requests: { memory: '1Gi' } } }));
  const waiting = new Set<string | undefined>();
  const watched = eventsOf(run, (event) => {
    if (event.type === 'build-wait' && event.reason === 'quota') waiting.add(event.build);
    if (waiting.size === 8) open();
  });
  const [result, events] = await Promise.all([run.result, watched]);
  expect(outcomes(result.builds)).toEqual(new Map([['succeeded', 12]]));
  const waits = events.flatMap((event) =>
    event.type === 'build-wait' && event.reason === 'quota' ? [event] : [],
  );
  expect(waits[0]?.message).toContain(
    'The quota builds of namespace default has no room: pods 2 of 2 used, 1 more is asked for.',
  );
  expect(waits.some(({ message }) => message?.includes('ahead of this one'))).toBe(true);
  expect(events.filter(({ type }) => type === 'build-retry')).toEqual([]);
  const counts = countRequests(lab.proxy.requests);
  expect(counts.get('watch resourcequotas'), JSON.stringify([...counts])).toBeLessThanOrEqual(3);
  const refused = lab.proxy.requests.filter(({ method, status }) => method === 'POST' && status === 403);
  expect(refused.length).toBeLessThanOrEqual(3 * 12);
  expect(await lab.leftovers()).toEqual([]);
});

test('lost pods are replaced, failing ones are not, and each attempt is told', async () => {
  await using lab = await startScriptedLab(async (container) => {
    const name = destinationOf(container.pod);
    container.run();
    if (name.includes('b1:') && attemptOf(container) < 3) {
      const reason = { reason: 'Evicted', message: 'The node was low on resource: memory.' };
      container.print('time="2026-01-01T00:00:00Z" level=info msg="RUN make"\n');
      return { exitCode: 137, reason: 'Error', ...report(container, reason) };
    }
    if (name.includes('b2:')) {
      container.print(goodLog(name).split('time="2026-01-01T00:00:00Z" level=info msg="Taking')[0] ?? '');
      container.print(
        'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 3\n',
      );
      return { exitCode: 3 };
    }
    return goodBuild(container);
  });
  const kanikit = await lab.connect();
  const run = kanikit.start(requests(lab, 3));
  const [result, events] = await Promise.all([run.result, eventsOf(run)]);
  expect(result.builds.map(({ outcome, attempts }) => [outcome, attempts.length])).toEqual([
    ['succeeded', 1],
    ['succeeded', 3],
    ['failed', 1],
  ]);
  expect(events.filter(({ type }) => type === 'build-retry')).toMatchObject([
    { code: 'pod-evicted', attempt: 2 },
    { code: 'pod-evicted', attempt: 3 },
  ]);
  expect(await lab.leftovers()).toEqual([]);
});

function report(
  container: Parameters<PodScript>[0],
  { reason, message }: { readonly reason: string; readonly message: string },
): object {
  container.report({
    phase: 'Failed',
    reason,
    message,
    containerStatuses: [
      {
        name: 'kaniko',
        state: { terminated: { exitCode: 137, reason: 'Error', finishedAt: '2026-01-01T00:00:00Z' } },
      },
    ],
  });
  return {};
}
