import { beforeAll, describe, expect, it } from 'vitest';
import { createContexts } from '../create-contexts.ts';
import { createKanikit } from '../create-kanikit.ts';
import { diagnose } from '../diagnose.ts';
import type { Kanikit } from '../kanikit.ts';
import { idleCluster } from './idle-cluster.test.helper.ts';

let kanikit: Kanikit;
beforeAll(async () => {
  kanikit = await createKanikit({ cluster: idleCluster });
});

const request = { context: '.', destinations: ['registry.example.com/team/app:1'] };
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
  ] as const)('%s(%j): %s, %s', async (name, inputs, code, words) => {
    await expect(calls[name]?.(...(inputs as unknown as never[]))).rejects.toMatchObject({
      name: 'KanikitError',
      code,
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
  });
});
