import { randomBytes } from 'node:crypto';
import type { ClusterOptions } from '@kanikit/kubernetes';
import type { KanikitOptions } from '@kanikit/sdk';
import { expect, test, vi } from 'vitest';
import type { Fault } from '../parts/fault.ts';
import type { SeenRequest } from '../parts/relay-request.ts';
import { boundMs } from './build-faults.test.helper.ts';
import type { BuildLanes } from './build-lanes.test.helper.ts';
import type { DisturbedBuilds } from './disturbed-builds.ts';
import { expectBuilt, expectOnePod, type PlayedBuild, playBuild } from './play-build.test.helper.ts';

/** One part of an upload, and some pieces of a stream. */
const dataBytes = 2_000_000;
const unavailable: Fault = { kind: 'answer', status: 503, body: '<html>a test</html>' };
const day = 24 * 3_600_000;

/** Trouble that costs a build its pod, and trouble that stays: tried again within the cap where that helps, and said. */
export function testBuildTrouble(lanes: () => BuildLanes): void {
  test.each<[what: string, fault: Fault, code: RegExp]>([
    ['the connection is reset', { kind: 'drop' }, /^context-broken-off$/],
    ['503', unavailable, /^context-broken-off$/],
    [
      'the archive ends in its middle',
      { kind: 'cut', of: 'response', afterBytes: 1_000_000 },
      /^context-(?:broken-off|incomplete)$/,
    ],
  ])(
    'the executor fetches its context: %s; a second pod gets it',
    { timeout: boundMs },
    async (_, fault, code) => {
      await lanes().within(async (lane) => {
        lane.podBucket.add({ fault, when: isGet });
        const played = await play(lane, lanes().folder);
        await expectBuilt(played, lane);
        expectSecondAttempt(played, code);
        expect(played.run.leftovers).toEqual([]);
        expect(await lane.left()).toEqual([]);
      });
    },
  );

  test('the executor never gets its context: said after the last attempt', { timeout: boundMs }, async () => {
    await lanes().within(async (lane) => {
      lane.podBucket.add({ fault: unavailable, when: isGet, times: Infinity });
      const { build, run } = await play(lane, lanes().folder, { retries: 1 });
      expect(build.outcome).toBe('failed');
      expect(build.attempts.map(({ failure }) => failure?.code)).toEqual([
        'context-broken-off',
        'context-broken-off',
      ]);
      expect(build.failure?.hint).toMatch(/\w/);
      expect(run.leftovers).toEqual([]);
      expect(await lane.left()).toEqual([]);
    });
  });

  test.each<[what: string, fault: Fault, times: number, attempts: number]>([
    ['the connection is reset before it is one', { kind: 'drop' }, 2, 1],
    ['500', { kind: 'answer', status: 500, body: 'a test' }, 2, 1],
    ['it ends after a byte', { kind: 'cut', of: 'request', afterBytes: 1 }, 1, 2],
    ['it ends in its middle', { kind: 'cut', of: 'request', afterBytes: 1_000_000 }, 1, 2],
  ])('the context is streamed: %s', { timeout: boundMs }, async (_what, fault, times, attempts) => {
    await lanes().within(async (lane) => {
      lane.api.add({ fault, times, when: ({ path }) => path.includes('/attach?') });
      const played = await play(lane, lanes().folder, { store: undefined });
      await expectBuilt(played, lane);
      if (attempts === 1) expectOnePod(played, lane);
      else expectSecondAttempt(played, /^context-/);
      expect(lane.api.requests.filter((seen) => seen.fault !== undefined)).toHaveLength(times);
      expect(played.run.leftovers).toEqual([]);
      expect(await lane.left()).toEqual([]);
    });
  });

  test.each<[what: string, of: 'api' | 'bucket', when: (request: SeenRequest) => boolean, code: RegExp]>([
    ['no pod can be created', 'api', is('POST', /\/pods(?:\?|$)/), /^cluster-/],
    ['no secret can be created', 'api', is('POST', /\/secrets(?:\?|$)/), /^cluster-/],
    ['the bucket takes nothing', 'bucket', is('PUT', /./), /^bucket-/],
  ])('%s: the build fails, and nothing is left', { timeout: boundMs }, async (_what, of, when, code) => {
    await lanes().within(async (lane) => {
      lane[of].add({ fault: unavailable, when, times: Infinity });
      const { build, run } = await play(lane, lanes().folder, { retries: 1 }, { launchPatienceMs: 1_000 });
      expect(build.outcome).toBe('failed');
      expect(build.failure?.code).toMatch(code);
      expect(run.leftovers).toEqual([]);
      expect(await lane.left()).toEqual([]);
    });
  });

  test.each<[what: string, of: 'api' | 'bucket', when: (request: SeenRequest) => boolean]>([
    ['its pod', 'api', is('DELETE', /\/pods\//)],
    ['its context', 'bucket', is('DELETE', /\/runs\//)],
  ])(
    '%s can not be removed: the build is none the worse, and that is said',
    { timeout: boundMs },
    async (_what, of, when) => {
      await lanes().within(async (lane) => {
        lane[of].add({ fault: unavailable, when, times: Infinity });
        const played = await play(lane, lanes().folder);
        await expectBuilt(played, lane);
        expectOnePod(played, lane);
        expect(played.run.leftovers).toHaveLength(1);
        lane[of].forget();
        await using kanikit = await lane.connect();
        await kanikit.prune({ now: () => Date.now() + 8 * day });
        await vi.waitFor(async () => expect(await lane.left()).toEqual([]), {
          timeout: 20_000,
          interval: 200,
        });
      });
    },
  );
}

const isGet = ({ method }: SeenRequest): boolean => method === 'GET';
function is(method: string, path: RegExp): (request: SeenRequest) => boolean {
  return (request) => request.method === method && path.test(request.path);
}

async function play(
  lane: DisturbedBuilds,
  folder: string,
  options: Partial<KanikitOptions> = {},
  driver: ClusterOptions = {},
): Promise<PlayedBuild> {
  const kanikit = await lane.connect(options, driver);
  const context = { folder, command: 'true', data: randomBytes(dataBytes) };
  return await playBuild(kanikit, lane, context);
}

/** The first pod got no context, so the `RUN` ran in the second alone; that there was another attempt is told. */
function expectSecondAttempt({ build, events }: PlayedBuild, code: RegExp): void {
  expect(build.attempts.map(({ failure }) => failure?.code ?? '')).toEqual([expect.stringMatching(code), '']);
  expect(events.filter(({ type }) => type === 'build-retry')).toHaveLength(1);
  expect(events.filter((event) => event.type === 'output' && event.text === 'ran')).toHaveLength(1);
}
