import { beforeAll, describe, expect, it } from 'vitest';
import { createContexts } from '../create-contexts.ts';
import { createKanikit } from '../create-kanikit.ts';
import { diagnose } from '../diagnose.ts';
import type { Kanikit } from '../calls/kanikit.ts';
import { machineCredentials } from '../machine-credentials.ts';
import { minimalRole } from '../minimal-role.ts';
import { idleCluster } from './idle-cluster.test.helper.ts';

let kanikit: Kanikit;
beforeAll(async () => {
  kanikit = await createKanikit({ cluster: idleCluster });
});

const request = { context: '.', destinations: ['registry.example.com/team/app:1'] };
const revocable = Proxy.revocable([], {});
revocable.revoke();

/** Calls as scripts without types make them. */
const calls: Readonly<Record<string, (...inputs: never[]) => unknown>> = {
  build: async (...inputs) => await kanikit.build(...(inputs as unknown as Parameters<Kanikit['build']>)),
  start: async (...inputs) => kanikit.start(...(inputs as unknown as Parameters<Kanikit['start']>)),
  plan: async (...inputs) => await kanikit.plan(...(inputs as unknown as Parameters<Kanikit['plan']>)),
  builds: async (options) => await kanikit.builds(options),
  attach: async (...inputs) => await kanikit.attach(...(inputs as unknown as Parameters<Kanikit['attach']>)),
  cancel: async (...inputs) => await kanikit.cancel(...(inputs as unknown as Parameters<Kanikit['cancel']>)),
  inspect: async (...inputs) =>
    await kanikit.inspect(...(inputs as unknown as Parameters<Kanikit['inspect']>)),
  logs: async (...inputs) => {
    for await (const line of kanikit.logs(...(inputs as unknown as Parameters<Kanikit['logs']>))) return line;
  },
  prune: async (options) => await kanikit.prune(options),
  diagnose: async (options) => await diagnose({ cluster: idleCluster }, options),
  open: async (...inputs) =>
    await (await createContexts()).open(...(inputs as unknown as Parameters<typeof open>)),
  push: async (...inputs) =>
    await (await createContexts()).push(...(inputs as unknown as Parameters<typeof push>)),
  'run.cancel': async (...inputs) => {
    await using run = kanikit.start(request, { signal: AbortSignal.abort() });
    run.cancel(...(inputs as unknown as Parameters<typeof run.cancel>));
  },
  lifecycleRule: async (...inputs) => {
    const contexts = await createContexts({ store: { kind: 's3', bucket: 'builds' } });
    await contexts.lifecycleRule(...(inputs as unknown as Parameters<typeof contexts.lifecycleRule>));
  },
  minimalRole: async (...inputs) =>
    await minimalRole(...(inputs as unknown as Parameters<typeof minimalRole>)),
  machineCredentials: async (env) =>
    await machineCredentials(env).resolve('registry.example.com', {
      signal: new AbortController().signal,
      now: Date.now,
    }),
};
declare const open: Awaited<ReturnType<typeof createContexts>>['open'];
declare const push: Awaited<ReturnType<typeof createContexts>>['push'];

describe('a call with something wrong is refused by an error that names it', () => {
  it.each([
    ['build', [], 'request-invalid', 'it is missing'],
    ['build', [[request]], 'request-invalid', 'is a list'],
    ['build', [request, { sginal: 1 }], 'options-invalid', 'sginal is not known'],
    ['start', [[null]], 'request-invalid', 'builds[0] must be a plain object, and is null'],
    ['start', [[request, undefined, request]], 'request-invalid', 'builds[1] is missing'],
    ['start', [request, { signal: 'now' }], 'options-invalid', 'signal must be an AbortSignal'],
    ['start', [request, null], 'options-invalid', 'is null'],
    ['plan', [undefined], 'request-invalid', 'it is missing'],
    ['builds', [{ everywhere: true }], 'options-invalid', 'everywhere is not known'],
    ['attach', [], 'options-invalid', 'the names of builds to attach to'],
    ['attach', ['api', { logfolder: '.' }], 'options-invalid', 'logfolder is not known'],
    ['cancel', [[1]], 'options-invalid', '[0] must be a string'],
    ['inspect', [null], 'options-invalid', 'is null'],
    ['logs', ['api', { sinceMs: '5m' }], 'options-invalid', 'sinceMs must be a whole number'],
    ['prune', [{ olderThanMs: Number.NaN }], 'options-invalid', 'olderThanMs must be a whole number'],
    ['diagnose', [{ settings: { pod: { limit: 1 } } }], 'options-invalid', 'settings.pod.limit is not known'],
    ['open', ['./app'], 'request-invalid', 'must be a plain object, and is a string'],
    ['open', [{ context: '.', destinations: [] }], 'request-invalid', 'destinations is not known'],
    ['push', [{ context: '.' }], 'options-invalid', 'kind is missing'],
    ['push', [undefined], 'options-invalid', 'the context to push'],
    ['run.cancel', [{ buildId: 'api-1' }], 'options-invalid', 'buildId is not known'],
    ['run.cancel', ['SIGINT'], 'options-invalid', 'is a string'],
    ['run.cancel', [null], 'options-invalid', 'is null'],
    ['lifecycleRule', [], 'options-invalid', 'it is missing: it must be'],
    [
      'lifecycleRule',
      ['7d'],
      'options-invalid',
      'the time that contexts are kept for: it must be a whole number',
    ],
    ['minimalRole', [], 'options-invalid', 'the options of minimalRole(): it is missing'],
    ['minimalRole', [{ namespce: 'a' }], 'options-invalid', 'namespce is not known'],
    [
      'minimalRole',
      [{ namespace: 'a', without: ['jobs'] }],
      'options-invalid',
      'without[0] must be "build" or',
    ],
    ['minimalRole', [{ namespace: 'a', subject: 'ci' }], 'options-invalid', 'subject must be a plain object'],
    ['machineCredentials', ['DOCKER_CONFIG=/x'], 'options-invalid', 'must be an object, and is a string'],
  ] as const)('%s(%j): %s, %s', async (name, inputs, code, words) => {
    await expect(calls[name]?.(...(inputs as unknown as never[]))).rejects.toMatchObject({
      name: 'KanikitError',
      code,
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
  });
});

it.each(['build', 'start', 'plan', 'builds', 'prune', 'open', 'push', 'minimalRole'])(
  '%s refuses what can not even be looked at',
  async (name) => {
    await expect(calls[name]?.(revocable.proxy as never)).rejects.toMatchObject({
      name: 'KanikitError',
      message: expect.stringContaining("it can't be read: Cannot perform"),
      hint: expect.stringContaining('proxy'),
    });
  },
);

describe('a request is taken as it was when it was started', () => {
  it('although the script goes on with the same object', async () => {
    const reused = { context: '.', destinations: ['registry.example.com/team/one:1'] };
    const first = kanikit.start(reused, { signal: AbortSignal.abort() });
    reused.destinations[0] = 'registry.example.com/team/two:1';
    const second = kanikit.start(reused, { signal: AbortSignal.abort() });
    reused.destinations.push('registry.example.com/team/three:1');
    const pushed = await Promise.all(
      [first, second].map(async ({ events }) =>
        (await Array.fromAsync(events)).flatMap((event) =>
          event.type === 'run-start' ? event.builds.flatMap(({ destinations }) => destinations) : [],
        ),
      ),
    );
    expect(pushed).toEqual([['registry.example.com/team/one:1'], ['registry.example.com/team/two:1']]);
  });

  it('in the time that its size takes, although one object is many times in it', async () => {
    const spec = Array.from({ length: 60 }).reduce<object>((inner) => ({ one: inner, other: inner }), {});
    const run = kanikit.start({ ...request, pod: { template: { spec } } }, { signal: AbortSignal.abort() });
    expect((await run.result).outcome).toBe('cancelled');
  });
});
