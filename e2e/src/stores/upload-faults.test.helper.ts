import { createSampleArchive } from '@kanikit/contexts/contract';
import { type ContextStore, isKanikitError, type RunContext, type StoredContext } from '@kanikit/spec';
import { afterEach, expect, test } from 'vitest';
import type { Fault } from '../parts/fault.ts';
import type { FaultProxy, FaultRule, SeenRequest } from '../parts/fault-proxy.ts';
import { testRun } from './sample-context.test.helper.ts';

export interface FaultySetup {
  /** Stands between the store and its server. */
  readonly proxy: () => FaultProxy;
  /** By the proxy, and with this longest silence. */
  readonly createStore: (silenceMs: number) => ContextStore;
  readonly list: () => Promise<readonly string[]>;
  readonly fetch: (stored: StoredContext) => Promise<Uint8Array>;
  /** The request that makes an archive of its parts. */
  readonly isJoin: (request: SeenRequest) => boolean;
  readonly secrets: () => readonly string[];
}

/** Short enough for a test, long enough for a busy machine. */
const silenceMs = 2000;
/** No answer at all is no matter of speed. */
const deadSilenceMs = 500;
/** The kernel takes in at once what a slow server then reads, so that it seems silent. */
const slowSilenceMs = 30_000;

const isPart = ({ headers, method }: SeenRequest): boolean =>
  method !== 'GET' && Number(headers['content-length'] ?? 0) > 1_000_000;
const inTheMiddle = { of: 'request', afterBytes: 1_000_000 } as const;

/** What a store must ride out, and what it must say of what it can't. */
export function testUploadFaults(setup: FaultySetup): void {
  afterEach(() => setup.proxy().forget());

  test.each<[what: string, rule: FaultRule]>([
    ['a burst of 503', { fault: { kind: 'answer', status: 503 }, when: isPart, times: 3 }],
    ['a burst of 500', { fault: { kind: 'answer', status: 500 }, when: isPart, times: 2 }],
    ['a connection that is reset', { fault: { kind: 'drop' }, when: isPart, times: 2 }],
    ['a connection that ends in the middle', { fault: { kind: 'cut', ...inTheMiddle }, when: isPart }],
    ['a server that stops in the middle', { fault: { kind: 'stall', ...inTheMiddle }, when: isPart }],
    ['a lost answer to a part', { fault: { kind: 'lose-answer' }, when: isPart }],
    ['a lost answer to the whole', { fault: { kind: 'lose-answer' }, when: setup.isJoin }],
    ['a burst of 503 at the end', { fault: { kind: 'answer', status: 503 }, when: setup.isJoin, times: 2 }],
    [
      'a slow server',
      { fault: { kind: 'slow', of: 'request', bytesPerSecond: 4_000_000 }, when: isPart, times: 9 },
    ],
  ])('%s is ridden out', async (_what, rule) => {
    const before = await setup.list();
    setup.proxy().add(rule);
    const archive = createSampleArchive([1, 2, 3]);
    const stored = await upload(
      setup.createStore(rule.fault.kind === 'slow' ? slowSilenceMs : silenceMs),
      archive,
      testRun(),
    );
    expect(archive.bytes.equals(await setup.fetch(stored))).toBe(true);
    await stored.remove(testRun());
    expect(await setup.list()).toEqual(before);
    expect(setup.proxy().requests.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(0);
  });

  test.each<[what: string, fault: Fault, code: string, isRetryable: boolean]>([
    ['an account without rights', { kind: 'answer', status: 403 }, 'bucket-denied', false],
    ['credentials that are not accepted', { kind: 'answer', status: 401 }, 'bucket-denied', false],
    ['a full disk', { kind: 'answer', status: 507 }, 'bucket-upload-failed', true],
    [
      'a server that is broken',
      { kind: 'answer', status: 500, body: '<html>' },
      'bucket-upload-failed',
      true,
    ],
    [
      'a server that never answers',
      { kind: 'stall', of: 'request', afterBytes: 0 },
      'bucket-unreachable',
      true,
    ],
    ['a proxy that is lost', { kind: 'drop' }, 'bucket-unreachable', true],
  ])('%s is said so, and no archive is there', async (_what, fault, code, isRetryable) => {
    setup.proxy().add({ fault, when: ({ method }) => method !== 'GET' && method !== 'DELETE', times: 99 });
    const patienceMs = fault.kind === 'stall' ? deadSilenceMs : silenceMs;
    const error = await upload(setup.createStore(patienceMs), createSampleArchive([1, 2]), testRun()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isKanikitError(error)) throw new Error(`not one of ours: ${String(error)}`);
    expect(error).toMatchObject({
      code,
      retryable: isRetryable,
      hint: expect.stringMatching(/\w/) as string,
    });
    const told = JSON.stringify([error.message, error.hint, String(error.cause), error.stack]);
    for (const secret of setup.secrets()) expect(told).not.toContain(secret);
    expect((await setup.list()).filter((name) => name.includes('run-'))).toEqual([]);
  });
}

async function upload(
  store: ContextStore,
  archive: ReturnType<typeof createSampleArchive>,
  run: RunContext,
): Promise<StoredContext> {
  const [delivery] = (await store.deliveries(undefined, run)).possible;
  if (delivery === undefined) throw new Error('nothing delivers');
  const build = { runId: 'run-f', buildIds: ['build'], lifetimeMs: 60_000, keepMs: undefined };
  return await store.upload(archive, { ...build, delivery }, run);
}
