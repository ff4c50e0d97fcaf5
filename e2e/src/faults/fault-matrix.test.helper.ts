import type { ClusterPod } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers, type StartTestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, expectedTalk, launchOf, readLog, runContext, splitTalk } from '../driver/launch.ts';
import { createPool, type Pool } from '../parts/pool.ts';
import { disturb, type DisturbedCluster } from './disturbed-cluster.ts';
import { type HttpFault, httpFaults, type Phase, phases } from './http-faults.ts';

/** No fault of these may cost a build more than this, in milliseconds. */
const boundMs = 60_000;
const lines = 400;
const longLine = 60_000;
/** Tests that vitest starts at once: they wait more than they work. */
const atOnce = 5;

/** Every fault in every phase: the build ends rightly, its log is whole, nothing is left, in time. */
export function describeFaultMatrix(name: string, start: StartTestCluster): void {
  describe.concurrent(`faults on the way to ${name}`, () => {
    const started = new AsyncDisposableStack();
    let within: Pool<DisturbedCluster>;

    beforeAll(async () => {
      const target = started.use(await start());
      const ways = await Promise.all(Array.from({ length: atOnce }, () => disturb(target)));
      for (const way of ways) started.use(way);
      within = createPool(ways);
    });
    afterAll(() => started.disposeAsync());

    const cases = phases.flatMap((phase) =>
      httpFaults
        .filter(({ isPossible }) => isPossible?.(phase) ?? true)
        .map((fault) => ({ title: `${phase.name}: ${fault.name}`, phase, fault })),
    );

    test.each(cases)('$title', { timeout: boundMs + 10_000 }, ({ phase, fault }) =>
      within((way) => endsWell(way, phase, fault)),
    );
  });
}

async function endsWell(
  { target, proxy, kubeconfig }: DisturbedCluster,
  phase: Phase,
  fault: HttpFault,
): Promise<void> {
  // A watch stays open for a while: each case has to open its own.
  const cluster = await connect(kubeconfig, { watchIdleMs: 4_000 });
  proxy.forget();
  proxy.add({ when: phase.fits, fault: fault.fault, times: fault.times });
  const run = runContext(boundMs);
  const isLate = phase.isLate === true;
  const args = ['talk', String(lines), String(longLine)];
  const wanted = launchOf(target, args, isLate ? { lateSecretEnv: ['LATE'] } : {});
  let pod: ClusterPod | undefined;
  try {
    pod = await cluster.launch(wanted, run);
    const [log, end] = await Promise.all([
      readLog(pod),
      endOf(pod),
      isLate ? pod.provide({ LATE: 'value' }, run) : undefined,
    ]);
    await pod.remove();
    expect(end).toMatchObject({ cause: 'completed', exitCode: 0 });
    expect(splitTalk(log)).toEqual(expectedTalk(lines, longLine));
    expect(proxy.requests.filter(({ fault: seen }) => seen !== undefined).length).toBeGreaterThan(0);
    const left = await leftovers(target);
    expect(left.filter((object) => object.endsWith(`/${wanted.name}`))).toEqual([]);
  } finally {
    await pod?.remove();
    await cluster.close();
  }
}
