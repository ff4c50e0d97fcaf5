import type { ClusterPod } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers, type StartTestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, expectedTalk, launchOf, readLog, runContext, splitTalk } from '../driver/launch.ts';
import { type DisturbedCluster, startDisturbedCluster } from './disturbed-cluster.ts';
import { httpFaults, phases } from './http-faults.ts';

/** No fault of these may cost a build more than this, in milliseconds. */
const boundMs = 60_000;
const lines = 400;
const longLine = 60_000;

/** Every fault in every phase: the build ends rightly, its log is whole, nothing is left, in time. */
export function describeFaultMatrix(name: string, start: StartTestCluster): void {
  describe(`faults on the way to ${name}`, () => {
    let disturbed: DisturbedCluster;

    beforeAll(async () => {
      disturbed = await startDisturbedCluster(start);
    });
    afterAll(async () => {
      await disturbed?.[Symbol.asyncDispose]();
    });

    const cases = phases.flatMap((phase) =>
      httpFaults
        .filter(({ isPossible }) => isPossible?.(phase) ?? true)
        .map((fault) => ({ title: `${phase.name}: ${fault.name}`, phase, fault })),
    );

    test.each(cases)('$title', { timeout: boundMs + 10_000 }, async ({ phase, fault }) => {
      const { target, proxy, kubeconfig } = disturbed;
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
        expect(await leftovers(target)).toEqual([]);
      } finally {
        await pod?.remove();
        await cluster.close();
      }
    });
  });
}
