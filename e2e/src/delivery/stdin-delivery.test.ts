import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';
import { type Delivered, type DeliveryLab, startDeliveryLab } from './delivery-lab.ts';

// Local contexts without a bucket: streamed to the real executor's standard input, by way of the Kubernetes API.

let lab: DeliveryLab;
let api: FaultProxy;
let kubeconfig: string;
beforeAll(async () => {
  lab = await startDeliveryLab();
  const { apiServer, authority, kubeconfig: direct } = lab.sandbox.description;
  api = await startFaultProxy({
    target: apiServer,
    authority,
    certificate: await lab.authority.issue(['127.0.0.1', 'localhost']),
  });
  kubeconfig = join(lab.sandbox.scratch, 'by-proxy.json');
  await writeFile(kubeconfig, await redirect(direct));
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await lab[Symbol.asyncDispose]();
});
afterEach(() => api.forget());

/** The sandbox's kubeconfig with the proxy as its server. */
async function redirect(file: string): Promise<string> {
  const config = JSON.parse(await readFile(file, 'utf8')) as { clusters: { cluster: object }[] };
  const authority = Buffer.from(lab.authority.certificate).toString('base64');
  for (const entry of config.clusters) {
    entry.cluster = { server: api.url, 'certificate-authority-data': authority };
  }
  return JSON.stringify(config);
}

const isAttach = ({ path }: SeenRequest): boolean => path.includes('/attach?');

async function stream(
  version: string,
  fault?: Fault,
  { times = 1, timeoutMs = 60_000, retries = 2 } = {},
): Promise<Delivered> {
  if (fault !== undefined) api.add({ when: isAttach, fault, times });
  return await lab.run(
    { executor: { distribution: 'google', version }, timeoutMs },
    { cluster: { kubeconfig, kind: 'sandbox' }, store: undefined, retries },
  );
}

test.each(['1.24.0', '1.9.2'])('%s builds from what it is sent', async (version) => {
  const delivered = await stream(version);
  expect(delivered.failure).toBeUndefined();
  expect(delivered.left).toEqual([]);
  const attached = api.requests.filter(isAttach);
  expect(attached).toMatchObject([{ status: 101 }]);
  expect(attached[0]?.requestBytes).toBeGreaterThan(12_000_000);
});

test('a slow line takes its time', async () => {
  const delivered = await stream('1.24.0', { kind: 'slow', of: 'request', bytesPerSecond: 20_000_000 });
  expect(delivered.failure).toBeUndefined();
  expect(delivered.left).toEqual([]);
});

test.each<[what: string, afterBytes: number]>([
  ['at its beginning', 1000],
  ['in the middle', 6_000_000],
  ['just before its end', 12_000_000],
])(
  'a connection that breaks %s builds nothing, and is tried again in a new pod',
  async (_what, afterBytes) => {
    for (const version of ['1.24.0', '1.9.2']) {
      const cut = { kind: 'cut', of: 'request', afterBytes } as const;
      const healed = await stream(version, cut);
      expect(healed.failure).toBeUndefined();
      const retry = healed.events.findIndex(({ type }) => type === 'build-retry');
      expect(retry).toBeGreaterThan(0);
      expect(stepsOf(healed.events.slice(0, retry))).toEqual([]);
      expect(healed.left).toEqual([]);
    }
  },
);

test('a connection that breaks every time fails the build before it begins', async () => {
  const delivered = await stream(
    '1.24.0',
    { kind: 'cut', of: 'request', afterBytes: 6_000_000 },
    { times: 99 },
  );
  expect(delivered.failure?.code).toMatch(/^(context|stdin)-/);
  expect(delivered.failure?.hint ?? '').not.toBe('');
  expect(stepsOf(delivered.events)).toEqual([]);
  expect(delivered.left).toEqual([]);
});

function stepsOf(events: readonly { readonly type: string }[]): readonly unknown[] {
  return events.filter(({ type }) => type === 'step-start');
}

test('an API server that refuses to attach fails the build, and nothing is left', async () => {
  const delivered = await stream('1.24.0', { kind: 'drop' }, { times: 99, retries: 0 });
  expect(delivered.failure?.hint ?? '').not.toBe('');
  expect(delivered.left).toEqual([]);
});

test('a connection that falls silent is given up with the time that the build has', async () => {
  const silent = { kind: 'stall', of: 'request', afterBytes: 6_000_000 } as const;
  const delivered = await stream('1.24.0', silent, { timeoutMs: 4000 });
  expect(delivered.failure).toMatchObject({ code: 'deadline-exceeded' });
  expect(delivered.left).toEqual([]);
});
