import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  changeKubeconfig,
  leftovers,
  type StartTestCluster,
  type TestCluster,
} from '../clusters/test-cluster.ts';
import { connect, endOf, launchOf, readLog, runContext } from '../driver/launch.ts';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';

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
    let target: TestCluster;
    let proxy: FaultProxy;
    let folder: string;

    beforeAll(async () => {
      target = await start();
      folder = await mkdtemp(join(tmpdir(), 'kanikit-faults-'));
      proxy = await startFaultProxy({ target: target.server, authority: target.authority });
      await changeKubeconfig(target.kubeconfig, join(folder, 'kubeconfig'), { server: proxy.url });
    });
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]();
      await target?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    const bytes = Buffer.from(Array.from({ length: archiveBytes }, (_, index) => (index * 11) % 251));
    async function* archive(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    }

    test.each(cases)('$name', { timeout: boundMs + 10_000 }, async ({ fault, times, isHealed }) => {
      const cluster = await connect(join(folder, 'kubeconfig'));
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
