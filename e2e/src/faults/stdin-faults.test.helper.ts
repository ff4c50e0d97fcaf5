import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers, type StartTestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, launchOf, readLog, runContext } from '../driver/launch.ts';
import type { Fault } from '../parts/fault.ts';
import { type DisturbedCluster, startDisturbedCluster } from './disturbed-cluster.ts';

const boundMs = 60_000;
const archiveBytes = 3_000_000;

/** Before the first byte an attach can be tried again; after it the pod is of no use, and that must be said. */
const cases: readonly {
  readonly name: string;
  readonly fault: Fault;
  readonly times: number;
  readonly isHealed: boolean;
}[] = [
  { name: 'the connection is reset before it is one', fault: { kind: 'drop' }, times: 2, isHealed: true },
  {
    name: 'the server answers 500',
    fault: { kind: 'answer', status: 500, body: 'oops' },
    times: 2,
    isHealed: true,
  },
  ...[1, 40_000, 1_000_000, archiveBytes - 1].map((afterBytes) => ({
    name: `the connection ends after ${afterBytes} bytes`,
    fault: { kind: 'cut', of: 'request', afterBytes } as const,
    times: 1,
    isHealed: false,
  })),
];

/** A context on stdin arrives whole, or the sender is told: the digest of a part is never taken for that of the whole. */
export function describeStdinFaults(name: string, start: StartTestCluster): void {
  describe(`faults of a stdin on ${name}`, () => {
    let disturbed: DisturbedCluster;

    beforeAll(async () => {
      disturbed = await startDisturbedCluster(start);
    });
    afterAll(async () => {
      await disturbed?.[Symbol.asyncDispose]();
    });

    const bytes = Buffer.from(Array.from({ length: archiveBytes }, (_, index) => (index * 11) % 251));
    async function* archive(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    }

    test.each(cases)('$name', { timeout: boundMs + 10_000 }, async ({ fault, times, isHealed }) => {
      const { target, proxy, kubeconfig } = disturbed;
      const cluster = await connect(kubeconfig);
      proxy.forget();
      proxy.add({ when: ({ path }) => path.includes('/attach?'), fault, times });
      const run = runContext(boundMs);
      const pod = await cluster.launch(launchOf(target, ['digest'], { isStdinUsed: true }), run);
      try {
        const sending = pod.sendStdin(archive(), run);
        if (isHealed) {
          const [log] = await Promise.all([readLog(pod), sending]);
          expect(log).toBe(createHash('sha256').update(bytes).digest('hex'));
          expect(await endOf(pod)).toMatchObject({ cause: 'completed', exitCode: 0 });
        } else {
          await expect(sending).rejects.toMatchObject({ code: 'context-stream-broken' });
        }
      } finally {
        await pod.remove();
        await cluster.close();
      }
      expect(await leftovers(target)).toEqual([]);
    });
  });
}
