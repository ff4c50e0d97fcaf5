import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { BuildLanes } from './build-lanes.test.helper.ts';
import type { BuildCase } from './request-phases.ts';
import type { DisturbedBuilds } from './disturbed-builds.ts';
import {
  expectBuilt,
  expectFailedRun,
  expectOnePod,
  type PlayedBuild,
  playBuild,
} from './play-build.test.helper.ts';

/** No fault of these may cost a build more than this, in milliseconds. */
export const boundMs = 120_000;
/** Several parts of an upload: random bytes do not shrink. */
const largeBytes = 12_000_000;
/** A build of two seconds has some signs of life. */
const heartbeatMs = 300;

/** Whole builds that succeed although something goes wrong on the way to cluster or bucket: in one pod, and nothing is left. */
export function testBuildFaults(lanes: () => BuildLanes, cases: readonly BuildCase[]): void {
  test.each(cases)('$title', { timeout: boundMs }, async (wanted) => {
    await lanes().within(async (lane) => {
      const played = await play(lane, lanes().folder, wanted, commandOf(wanted));
      await expectBuilt(played, lane);
      expectOnePod(played, lane);
      await expectNothingLeft(played, lane, wanted);
    });
  });
}

/** The same with a `RUN` that fails: that is the verdict, and it is not tried again. */
export function testFailingBuilds(lanes: () => BuildLanes, cases: readonly BuildCase[]): void {
  test.each(cases)('a RUN that fails; $title', { timeout: boundMs }, async (wanted) => {
    await lanes().within(async (lane) => {
      const played = await play(lane, lanes().folder, wanted, 'exit 7');
      expectFailedRun(played);
      expectOnePod(played, lane);
      await expectNothingLeft(played, lane, wanted);
    });
  });
}

/** A build must not end before all of its phases were met: a kubelet may find late values by itself, while giving them is still being repeated. */
function commandOf({ phases }: BuildCase): string {
  if (phases.some(({ isLate }) => isLate)) return 'sleep 4';
  return phases.some(({ isLong }) => isLong) ? 'sleep 2' : 'true';
}

async function play(
  lane: DisturbedBuilds,
  folder: string,
  { phases, fault: { fault, times } }: BuildCase,
  command: string,
): Promise<PlayedBuild> {
  for (const { of, fits } of phases) lane[of].add({ when: fits, fault, times });
  const has = (name: 'isLate' | 'isLong' | 'isLarge'): boolean =>
    phases.some((phase) => phase[name] === true);
  // A watch stays open for a while: each case has its own.
  const driver = { watchIdleMs: 4_000, ...(has('isLong') && { heartbeatMs }) };
  const kanikit = await lane.connect({ launchAheadMs: has('isLate') ? 0 : boundMs }, driver);
  const data = randomBytes(has('isLarge') ? largeBytes : 100);
  const played = await playBuild(kanikit, lane, { folder, command, data });
  for (const { name, of, fits } of phases) {
    const isMet = lane[of].requests.some((seen) => seen.fault !== undefined && fits(seen));
    expect([name, isMet]).toEqual([name, true]);
  }
  return played;
}

async function expectNothingLeft(
  { run }: PlayedBuild,
  lane: DisturbedBuilds,
  { phases }: BuildCase,
): Promise<void> {
  expect(run.leftovers).toEqual([]);
  const left = await lane.left();
  if (phases.every(({ isCollected }) => isCollected !== true)) expect(left).toEqual([]);
  await vi.waitFor(async () => expect(await lane.left()).toEqual([]), { timeout: 20_000, interval: 200 });
}
