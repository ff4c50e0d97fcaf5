import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import { type BucketAccess, bucketClient } from '../parts/list-bucket.ts';
import type { BuildNamespace, StartBuildPlace } from '../clusters/build-place.ts';
import { aDayBehind, anHourAhead, anHourBehind, clockFaults, daysAhead } from './clock-faults.ts';
import { type ClockLab, openClockLab, type Way } from './clock-lab.ts';

const boundMs = 120_000;
/** Long enough that a busy machine gives its signs of life in time. */
const heartbeatMs = 2_000;
const ways: readonly Way[] = ['through the bucket', 'streamed'];
/** Others that tidy up, on machines with whatever clock. */
const pruners = [undefined, daysAhead, aDayBehind];

/** The command as users have it, on machines whose clocks are wrong. */
export function describeClockFaults(name: string, start: StartBuildPlace): void {
  describe.concurrent(`clocks that are wrong, with ${name}`, () => {
    let lab: ClockLab;
    beforeAll(async () => {
      lab = await openClockLab(start);
    });
    afterAll(async () => {
      await lab?.[Symbol.asyncDispose]();
    });
    testBuilds(() => lab);
    testPrune(() => lab);
    testSignsOfLife(() => lab);
  });
}

function testBuilds(lab: () => ClockLab): void {
  const cases = clockFaults.flatMap((clock) =>
    ways.map((way) => ({ title: `${way}, ${clock.name}`, clock, way })),
  );
  test.each(cases)('a build $title', { timeout: boundMs }, async ({ clock, way }) => {
    const { place, build, left } = lab();
    await using home = await place.namespace();
    const startedAt = performance.now();
    const command = await build(home, 'sleep 2', clock, way);
    await command.until(/"text":"ran"/);
    if (clock.isSignalled) command.child.kill('SIGUSR2');
    const { exitCode, stdout, stderr } = await command.ended;
    expect([exitCode, exitCode === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, '']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ToldEvent);
    const end = events.find(({ type }) => type === 'build-end');
    expect(end).toMatchObject({ outcome: 'succeeded' });
    expect(end?.digest).toBe(await digestInRegistry(place, `${home.namespace}/app`, '1'));
    expect(events.filter(({ type }) => type === 'build-retry')).toEqual([]);
    // Times of events go on evenly, and so do durations.
    const times = events.map(({ time }) => Date.parse(time));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(end?.durationMs).toBeLessThanOrEqual(performance.now() - startedAt);
    expect(await left(home)).toEqual([]);
  });
}

function testPrune(lab: () => ClockLab): void {
  const title = 'prune takes nothing that is young, or whose client is alive, by whatever clock';
  test(title, { timeout: boundMs }, async () => {
    const { place, build, prune, left } = lab();
    await using home = await place.namespace();
    const command = await build(home, 'sleep 60', anHourBehind, 'through the bucket');
    await command.until(/"text":"ran"/);
    const own = await left(home);
    await using other = await uploadOfAnother(place.bucket, `${home.namespace}/runs/other/build/`);
    for (const clock of pruners) {
      expect(await prune(home, clock)).toMatchObject({ exitCode: 0 });
      expect((await left(home)).toSorted()).toEqual([...own, ...other.things].toSorted());
    }
    command.child.kill('SIGINT');
    expect((await command.ended).exitCode).toBe(130);
    expect(await left(home)).toEqual(other.things);
  });
}

function testSignsOfLife(lab: () => ClockLab): void {
  const title = 'a client whose clock is $name is alive to others, and dead when it is';
  test.each([anHourBehind, anHourAhead])(title, { timeout: boundMs }, async (clock) => {
    const { place, startClient, prune, left } = lab();
    await using home = await place.namespace();
    const client = await startClient(home, heartbeatMs, clock);
    const wait = { timeout: 60_000, interval: 200 };
    try {
      // By now it would count as dead, had nothing been heard of it.
      await vi.waitFor(async () => {
        const { createdMs, renewedMs } = await signsOfLife(home);
        expect(renewedMs - createdMs).toBeGreaterThan(4 * heartbeatMs);
        expect(Math.abs(renewedMs - Date.now())).toBeLessThan(2 * heartbeatMs);
      }, wait);
      const own = await left(home);
      for (const pruner of pruners) {
        expect(await prune(home, pruner)).toMatchObject({ exitCode: 0 });
        expect(await left(home)).toEqual(own);
      }
    } finally {
      client.kill('SIGKILL');
    }
    await vi.waitFor(async () => {
      await prune(home, aDayBehind);
      expect(await left(home)).toEqual([]);
    }, wait);
  });
}

/** What a client that has no pod yet has sent, and is sending. */
async function uploadOfAnother(
  access: BucketAccess,
  folder: string,
): Promise<AsyncDisposable & { readonly things: readonly string[] }> {
  const client = bucketClient(access);
  const [sent, sending] = ['sent', 'sending'].map((name) => ({
    Bucket: access.bucket,
    Key: `${folder}${name}.tar.gz`,
  })) as [Place, Place];
  await client.send(new PutObjectCommand({ ...sent, Body: 'x' }));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(sending));
  return {
    things: [`object ${sent.Key}`, `upload ${sending.Key}`],
    [Symbol.asyncDispose]: async () => {
      await client.send(new DeleteObjectCommand(sent));
      await client.send(new AbortMultipartUploadCommand({ ...sending, UploadId }));
      client.destroy();
    },
  };
}

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

interface ToldEvent {
  readonly type: string;
  readonly time: string;
  readonly digest?: string;
  readonly durationMs?: number;
}

/** When the one pod of the namespace was made, and when its client was last heard of; by the server's clock. */
async function signsOfLife({
  api,
  namespace,
}: BuildNamespace): Promise<{ readonly createdMs: number; readonly renewedMs: number }> {
  const first = async (path: string): Promise<TimedObject | undefined> => {
    const { body } = await api.call<{ readonly items: readonly TimedObject[] }>('GET', path);
    return body.items[0];
  };
  const pod = await first(`/api/v1/namespaces/${namespace}/pods`);
  const lease = await first(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`);
  return {
    createdMs: Date.parse(pod?.metadata.creationTimestamp ?? ''),
    renewedMs: Date.parse(lease?.spec.renewTime ?? ''),
  };
}

interface TimedObject {
  readonly metadata: { readonly creationTimestamp: string };
  readonly spec: { readonly renewTime?: string };
}
