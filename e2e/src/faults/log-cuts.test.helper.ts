import type { ClusterPod } from '@kanikit/spec';
import { createSeededRandom } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { leftovers, type StartTestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, launchOf, readLog, runContext } from '../driver/launch.ts';
import type { FaultProxy } from '../parts/fault-proxy.ts';
import { startDisturbedCluster } from './disturbed-cluster.ts';

const podCount = 36;
const cutsPerPod = 400;
/** Some answers come to their end before all cuts are made, the more the busier the machine is. */
const leastCuts = 10_000;
/** Forty lines a second, for 40 s. */
const ticks = { lines: 1_600, pauseMs: 25 };
/** A cut answer begins with what was seen in the last one to two seconds: less than this. */
const windowBytes = 5_000;
const boundMs = 900_000;

/** Logs that are cut again and again, at random bytes, while they grow and after their end: no line is lost, none comes twice. */
export function testLogCuts(name: string, start: StartTestCluster): void {
  test(`${leastCuts} cuts of logs on ${name}`, { timeout: boundMs }, async () => {
    await using disturbed = await startDisturbedCluster(start);
    const { target, proxy, kubeconfig } = disturbed;
    const cluster = await connect(kubeconfig);
    const pods: ClusterPod[] = [];
    const follow = async (seed: number): Promise<void> => {
      const wanted = launchOf(target, ['tick', String(ticks.lines), String(ticks.pauseMs)]);
      cutLog(proxy, wanted.name, seed);
      const pod = await cluster.launch(wanted, runContext(boundMs));
      pods.push(pod);
      const [log, end] = await Promise.all([readLog(pod), endOf(pod)]);
      expect(log).toBe(Array.from({ length: ticks.lines }, (_, index) => `tick ${index}\n`).join(''));
      expect(end).toMatchObject({ cause: 'completed', exitCode: 0 });
    };
    try {
      await Promise.all(Array.from({ length: podCount }, (_, seed) => follow(seed + 1)));
      const cuts = proxy.requests.filter(({ fault }) => fault?.kind === 'cut').length;
      expect(cuts).toBeGreaterThanOrEqual(leastCuts);
    } finally {
      await Promise.all(pods.map((pod) => pod.remove()));
      await cluster.close();
    }
    expect(await leftovers(target)).toEqual([]);
  });
}

/** Answers that are followed get further than those before them, so that the log goes on; once the pod has ended, none is whole until all cuts are made. */
function cutLog(proxy: FaultProxy, pod: string, seed: number): void {
  const random = createSeededRandom(seed);
  proxy.add({
    when: ({ path }) => path.includes(`/pods/${pod}/log?`),
    times: cutsPerPod,
    fault: { kind: 'cut', of: 'response', afterBytes: 1 },
    choose: ({ path }) => {
      const isFollowed = path.includes('follow=true');
      return {
        kind: 'cut',
        of: 'response',
        afterBytes: 1 + random.below(isFollowed ? 2 * windowBytes : windowBytes / 5),
      };
    },
  });
}
