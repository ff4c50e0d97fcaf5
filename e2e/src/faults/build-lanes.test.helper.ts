import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { StartBuildPlace } from '../clusters/build-place.ts';
import { createPool } from '../parts/pool.ts';
import { type DisturbedBuilds, disturbBuilds } from './disturbed-builds.ts';

/** Tests that vitest starts at once where they are concurrent: builds wait more than they work. */
const laneCount = 5;

/** Namespaces for builds beside each other, so that none meets the faults of another. */
export interface BuildLanes extends AsyncDisposable {
  /** Folder that goes with the lanes. */
  readonly folder: string;
  /** Does it in a lane of its own. */
  within<T>(action: (lane: DisturbedBuilds) => Promise<T>): Promise<T>;
}

async function openLanes(start: StartBuildPlace): Promise<BuildLanes> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-lanes-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const place = started.use(await start());
  const lanes = await Promise.all(Array.from({ length: laneCount }, () => disturbBuilds(place)));
  for (const lane of lanes) started.use(lane);
  const running = started.move();
  const lend = createPool(lanes);
  return {
    folder,
    within: (action) =>
      lend((lane) => {
        for (const proxy of [lane.api, lane.bucket, lane.podBucket]) proxy.forget();
        return action(lane);
      }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Lanes for the tests of the suite that this is called in. */
export function openLanesAround(start: StartBuildPlace): () => BuildLanes {
  let lanes: BuildLanes | undefined;
  beforeAll(async () => {
    lanes = await openLanes(start);
  });
  afterAll(async () => {
    await lanes?.[Symbol.asyncDispose]();
  });
  return () => {
    if (lanes === undefined) throw new Error('the lanes are not open yet');
    return lanes;
  };
}
