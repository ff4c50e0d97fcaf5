// `pnpm bench --builds 1000`: many builds driven by one client, on a sandbox with scripted pods in a process of its own. See docs/benchmarks.md.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { createKanikit, type KanikitRun, type RunResult } from '@kanikit/sdk';
import type { KanikitEvent } from '@kanikit/spec';
import type { ManyBuildsServer, ServerCosts } from './many-builds-server.ts';

/** What the client holds when so many builds have ended. */
export interface MemoryAt {
  readonly ended: number;
  /** After a garbage collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

export interface ManyBuildsReport {
  readonly builds: number;
  readonly concurrency: number;
  readonly podSeconds: number;
  readonly succeeded: number;
  readonly seconds: number;
  readonly memory: readonly MemoryAt[];
  /** Requests to the Kubernetes API by kind. */
  readonly requests: Readonly<Record<string, number>>;
  /** Processor time of the client and of what it talks to, the sandbox and a proxy, milliseconds for a build. */
  readonly cpu: { readonly client: number; readonly server: number };
  /** From the event of the pod's end to the verdict, milliseconds. */
  readonly verdict: { readonly median: number; readonly p99: number; readonly worst: number };
}

export interface ManyBuildsOptions {
  readonly builds: number;
  readonly concurrency: number;
  /** Lines of output of each build. */
  readonly lines: number;
  /** How long a pod runs, about. */
  readonly podSeconds: number;
}

/** Builds, and measures the client while it does. */
export async function runManyBuilds({
  builds,
  concurrency,
  lines,
  podSeconds,
}: ManyBuildsOptions): Promise<ManyBuildsReport> {
  const collectGarbage = exposeGarbageCollector();
  const server = fork(
    fileURLToPath(new URL('many-builds-server.ts', import.meta.url)),
    [String(lines), String(podSeconds)],
    {
      execArgv: process.execArgv,
    },
  );
  try {
    const [place] = (await once(server, 'message')) as [ManyBuildsServer];
    const connection = {
      ...(await loadConnection({ env: {}, kubeconfig: place.kubeconfig })),
      server: place.url,
    };
    const kanikit = await createKanikit({
      cluster: createCluster(connection),
      store: place.store,
      credentials: false,
      indexFolder: false,
      concurrency,
    });
    await costsOf(server);
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const run = kanikit.start(
      Array.from({ length: builds }, (_value, index) => ({
        name: `b${index}`,
        context: place.context,
        destinations: [`registry.example/b${index}:1`],
      })),
    );
    const [result, told] = await Promise.all([run.result, watch(run, builds, collectGarbage)]);
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const { requests, cpuMs } = await costsOf(server);
    await kanikit.close();
    const cpu = { client: (user + system) / 1000 / builds, server: cpuMs / builds };
    return {
      builds,
      concurrency,
      podSeconds,
      succeeded: succeededOf(result),
      seconds,
      cpu,
      requests,
      ...told,
    };
  } finally {
    server.kill();
  }
}

async function costsOf(server: ChildProcess): Promise<ServerCosts> {
  server.send('costs');
  const [costs] = (await once(server, 'message')) as [ServerCosts];
  return costs;
}

function succeededOf({ builds }: RunResult): number {
  return builds.filter(({ outcome }) => outcome === 'succeeded').length;
}

async function watch(
  run: KanikitRun,
  builds: number,
  collectGarbage: () => void,
): Promise<Pick<ManyBuildsReport, 'memory' | 'verdict'>> {
  const marks = new Set([0.1, 0.25, 0.5, 0.75, 1].map((part) => Math.max(1, Math.round(builds * part))));
  const memory: MemoryAt[] = [];
  const podEndedAt = new Map<string, number>();
  const verdictMs: number[] = [];
  let ended = 0;
  const take = (event: KanikitEvent): void => {
    const build = event.build ?? '';
    if (event.type === 'pod-end') podEndedAt.set(build, Date.parse(event.time));
    if (event.type === 'build-phase' && event.phase === 'settling') {
      verdictMs.push(Date.parse(event.time) - (podEndedAt.get(build) ?? Date.parse(event.time)));
      podEndedAt.delete(build);
    }
    if (event.type !== 'build-end') return;
    ended += 1;
    if (!marks.has(ended)) return;
    collectGarbage();
    memory.push({
      ended,
      heapBytes: process.memoryUsage().heapUsed,
      residentBytes: process.memoryUsage.rss(),
    });
  };
  for await (const event of run.events) take(event);
  const sorted = verdictMs.toSorted((left, right) => left - right);
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { memory, verdict: { median: at(0.5), p99: at(0.99), worst: at(1) } };
}

function exposeGarbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** The report for people. */
export function renderManyBuilds(report: ManyBuildsReport): string {
  const { builds, concurrency, podSeconds, succeeded, seconds, cpu, memory, requests, verdict } = report;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  return [
    `${succeeded} of ${builds} builds, ${concurrency} at once, pods of ${podSeconds} s, in ${seconds.toFixed(1)} s`,
    '',
    'memory of the client after so many builds (heap after a collection, resident)',
    ...memory.map(
      ({ ended, heapBytes, residentBytes }) =>
        `  ${String(ended).padStart(6)}  ${megabytes(heapBytes).padStart(10)}  ${megabytes(residentBytes).padStart(10)}`,
    ),
    '',
    `requests to the Kubernetes API: ${total}, ${(total / builds).toFixed(2)} for a build`,
    ...Object.entries(requests).map(([kind, count]) => `  ${kind.padEnd(24)} ${count}`),
    '',
    `processor time for a build: ${cpu.client.toFixed(1)} ms of the client, ${cpu.server.toFixed(1)} ms of sandbox and proxy`,
    `verdict after the pod's end: median ${verdict.median} ms, p99 ${verdict.p99} ms, worst ${verdict.worst} ms`,
    '',
  ].join('\n');
}
