import {
  type Cluster,
  type ClusterBuilds,
  type ContextSource,
  KanikitError,
  untilAborted,
} from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import { isBuildError } from './build-error.ts';
import { idleCluster } from './check/idle-cluster.test.helper.ts';
import { createContexts } from './create-contexts.ts';
import { createKanikit } from './create-kanikit.ts';
import { diagnose } from './diagnose.ts';
import type { Kanikit } from './calls/kanikit.ts';

const never = new Promise<never>(() => undefined);
/** A context that never opens. */
const endless: ContextSource = {
  specVersion: 1,
  kind: 'endless',
  accepts: (reference) => reference.startsWith('endless:'),
  open: async (_request, { signal }) => await untilAborted(never, signal),
};
const waiting = async (_query: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
  await untilAborted(never, signal);
/** A cluster that answers nothing. */
const silent: Cluster = {
  ...idleCluster,
  check: async (_needs, { signal }) => await untilAborted(never, signal),
  examine: async (_asked, { signal }) => await untilAborted(never, signal),
  builds: { find: waiting, findRemnants: waiting } as unknown as ClusterBuilds,
};
const request = { context: 'endless:', destinations: ['registry.example.com/app:1'] };

const calls: Readonly<Record<string, (kanikit: Kanikit, signal: AbortSignal) => Promise<unknown>>> = {
  build: async (kanikit, signal) => await kanikit.build(request, { signal }),
  plan: async (kanikit, signal) => await kanikit.plan(request, { signal }),
  builds: async (kanikit, signal) => await kanikit.builds({ signal }),
  attach: async (kanikit, signal) => await kanikit.attach('api', { signal }),
  inspect: async (kanikit, signal) => await kanikit.inspect('api', { signal }),
  cancel: async (kanikit, signal) => await kanikit.cancel('api', { signal }),
  logs: async (kanikit, signal) => await Array.fromAsync(kanikit.logs('api', { signal })),
  prune: async (kanikit, signal) => await kanikit.prune({ signal }),
  open: async (_kanikit, signal) =>
    await (await createContexts({ sources: [endless] })).open({ context: 'endless:' }, { signal }),
};

describe.each(Object.keys(calls))('%s, when its signal is aborted', (name) => {
  const call = async (signal: AbortSignal): Promise<unknown> => {
    await using kanikit = await createKanikit({ cluster: silent, sources: [endless] });
    return await calls[name]?.(kanikit, signal);
  };

  it('with an error, says its words and has it as the cause', async () => {
    const stop = new AbortController();
    const reason = new Error('the user said no');
    setTimeout(() => stop.abort(reason), 20);
    await expect(call(stop.signal)).rejects.toMatchObject({
      name: 'KanikitError',
      code: 'cancelled',
      cause: reason,
      message: expect.stringContaining('the user said no'),
    });
  });

  it('without a reason, says that the caller stopped it', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await expect(call(stop.signal)).rejects.toMatchObject({
      name: 'KanikitError',
      code: 'cancelled',
      message: expect.stringContaining('the caller asked to stop'),
    });
  });

  it('by a timeout, says so', async () => {
    await expect(call(AbortSignal.any([AbortSignal.timeout(20)]))).rejects.toMatchObject({
      name: 'KanikitError',
      code: 'timeout',
      message: expect.stringContaining('the time that the caller gave was over'),
      hint: expect.any(String),
      cause: expect.objectContaining({ name: 'TimeoutError' }),
    });
  });

  it('beforehand, says the same', async () => {
    await expect(call(AbortSignal.abort('enough'))).rejects.toMatchObject({
      code: 'cancelled',
      cause: 'enough',
    });
  });
});

it('a build whose time was over says what it waited for, and has its result', async () => {
  await using kanikit = await createKanikit({ cluster: silent, sources: [endless] });
  const error: unknown = await kanikit
    .build(request, { signal: AbortSignal.timeout(50) })
    .catch((thrown: unknown) => thrown);
  expect(isBuildError(error) && error.result.outcome).toBe('cancelled');
  expect(error).toMatchObject({
    message: expect.stringContaining('while its request, the cluster and the bucket were checked'),
  });
});

it('a look at everything ends with the reason', async () => {
  const reason = new Error('the user said no');
  await expect(diagnose({ cluster: silent }, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
    code: 'cancelled',
    cause: reason,
  });
});

describe('an error of a plugin’s is told as its own', () => {
  const failing = async (): Promise<never> => await Promise.reject(new Error('sts says no'));
  it.each([
    [
      'credentials',
      'credential source: resolve("registry.example.com")',
      { credentials: { specVersion: 1, resolve: failing } },
    ],
    ['a source', 'source broken: open()', { sources: [{ ...endless, kind: 'broken', open: failing }] }],
    ['a cluster', 'cluster idle: check()', { cluster: { ...idleCluster, check: failing } }],
    [
      'a store',
      'store a shelf: deliveries()',
      {
        store: {
          specVersion: 1,
          kind: 'shelf',
          description: 'a shelf',
          check: failing,
          deliveries: failing,
          upload: failing,
        },
      },
    ],
  ] as const)('%s', async (name, asked, options) => {
    const opened: ContextSource = {
      ...endless,
      open: async () => ({
        kind: 'archive',
        dockerfileText: 'FROM scratch',
        warnings: [],
        shareKey: undefined,
        isDockerfileApart: false,
        pack: () => expect.fail('is not packed'),
      }),
    };
    await using kanikit = await createKanikit({
      cluster: idleCluster,
      sources: name === 'a source' ? [] : [opened],
      ...options,
    } as Parameters<typeof createKanikit>[0]);
    await expect(kanikit.build(request)).rejects.toMatchObject({
      code: 'plugin-failed',
      message: expect.stringContaining(`Asking the ${asked} failed: sts says no.`),
      hint: expect.stringContaining('plugin'),
    });
  });

  it('a KanikitError stays as it is', async () => {
    const own = new KanikitError({
      code: 'context-missing',
      message: 'No disk in the drive.',
      hint: 'Put it in.',
    });
    const open = async (): Promise<never> => await Promise.reject(own);
    await using kanikit = await createKanikit({ cluster: idleCluster, sources: [{ ...endless, open }] });
    await expect(kanikit.build(request)).rejects.toMatchObject({
      code: 'context-missing',
      hint: 'Put it in.',
    });
  });
});
