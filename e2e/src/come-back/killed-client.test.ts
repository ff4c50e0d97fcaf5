import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxDescription } from '@kanikit/sandbox';
import { createKanikit } from '@kanikit/sdk';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { findLeftovers } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type KanikitCommand, makeKanikitCommand, type Started } from '../cli/kanikit-command.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';

const minute = 60_000;
let kanikit: KanikitCommand;
let sandbox: SandboxDescription;
let api: FaultProxy;
let bucket: FaultProxy;
let small: string;
let large: string;

beforeAll(async () => {
  kanikit = await makeKanikitCommand();
  sandbox = await kanikit.sandbox();
  api = await startFaultProxy({ target: sandbox.apiServer, authority: sandbox.authority });
  bucket = await startFaultProxy({ target: sandbox.bucket.endpointHttp });
  const config = await readFile(sandbox.kubeconfig, 'utf8');
  await writeFile(join(kanikit.home, 'proxied'), config.replace(sandbox.apiServer, api.url));
  const dockerfile = `FROM ${sandbox.baseImage}\nRUN echo started && sleep 300\n`;
  small = await writeContext(kanikit.home, 'small', { Dockerfile: dockerfile });
  // Several parts of an upload: random bytes do not shrink.
  large = await writeContext(kanikit.home, 'large', {
    Dockerfile: dockerfile,
    noise: randomBytes(24_000_000),
  });
});

beforeEach(() => {
  api.forget();
  bucket.forget();
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await bucket[Symbol.asyncDispose]();
  await kanikit[Symbol.asyncDispose]();
});

const is =
  (method: string, path: RegExp) =>
  (request: SeenRequest): boolean =>
    request.method === method && path.test(request.path);
const never = { kind: 'stall', of: 'response', afterBytes: 0 } as const;
/** The server gets nothing of it before the client is dead. */
const late = { kind: 'stall', of: 'request', afterBytes: 0 } as const;

function build(context: string): Started {
  const { bucket: name, region, accessKeyId, secretAccessKey } = sandbox.bucket;
  const flags = {
    tag: `${sandbox.registry}/killed/app`,
    progress: 'plain',
    kubeconfig: join(kanikit.home, 'proxied'),
    executor: 'google@1.24.0',
    bucket: `s3://${name}`,
    'bucket-endpoint': bucket.url,
    'bucket-region': region,
    'bucket-pod-endpoint': sandbox.bucket.endpoint,
    'insecure-registry': sandbox.registry,
  };
  return kanikit.start(
    ['build', context, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    { env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } },
  );
}

async function kill(command: Started): Promise<void> {
  command.child.kill('SIGKILL');
  await command.ended;
}

/** Prunes as if so much time had passed; tells what went. */
async function pruneAfter(afterMs: number): Promise<readonly string[]> {
  const { bucket: name, endpoint, region, accessKeyId, secretAccessKey } = sandbox.bucket;
  await using client = await createKanikit({
    cluster: { kubeconfig: sandbox.kubeconfig, kind: 'sandbox' },
    credentials: false,
    store: {
      kind: 's3',
      bucket: name,
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      certificateAuthorities: sandbox.authority,
    },
  });
  const { removed, failed, problems } = await client.prune({ now: () => Date.now() + afterMs });
  expect([failed, problems]).toEqual([[], []]);
  return removed.map(({ target }) => target);
}

async function proxied(proxy: FaultProxy, method: string, path: RegExp): Promise<void> {
  await vi.waitFor(() => expect(proxy.requests.some(is(method, path))).toBe(true), { timeout: 20_000 });
}

const day = 24 * 60 * minute;

test.each<[string, () => Promise<Started>]>([
  [
    'before the answer to its pod',
    async () => {
      api.add({ when: is('POST', /\/pods(\?|$)/), fault: never });
      const command = build(small);
      await proxied(api, 'POST', /\/pods(\?|$)/);
      return command;
    },
  ],
  [
    'between pod and secret',
    async () => {
      api.add({ when: is('POST', /\/secrets(\?|$)/), fault: late, times: 9 });
      const command = build(small);
      await proxied(api, 'POST', /\/secrets(\?|$)/);
      return command;
    },
  ],
  [
    'while it uploads parts',
    async () => {
      bucket.add({ when: is('PUT', /runs\/parts/), after: 1, times: 99, fault: late });
      const command = build(large);
      const parts = (): readonly SeenRequest[] => bucket.requests.filter(is('PUT', /runs\/parts/));
      await vi.waitFor(() => expect(parts().length).toBeGreaterThan(1), { timeout: 20_000 });
      // The one that goes well has to be there before the client dies.
      await vi.waitFor(() => expect(parts().map(({ status }) => status)).toContain(200), { timeout: 20_000 });
      return command;
    },
  ],
  [
    'while the bucket puts its parts together',
    async () => {
      bucket.add({ when: is('PUT', /partNumber=/), times: 99, fault: late });
      const command = build(large);
      await proxied(bucket, 'PUT', /partNumber=/);
      return command;
    },
  ],
  [
    'while its build runs',
    async () => {
      const command = build(small);
      await command.until(/\] started/);
      return command;
    },
  ],
  [
    'while it cleans up',
    async () => {
      api.add({ when: is('DELETE', /\/(?:pods|secrets)\//), times: 9, fault: late });
      const command = build(small);
      await command.until(/\] started/);
      command.child.kill('SIGINT');
      await proxied(api, 'DELETE', /\/pods\//);
      return command;
    },
  ],
])('kill -9 of a client %s: prune leaves nothing', { timeout: 90_000 }, async (_phase, reach) => {
  await kill(await reach());
  expect(await findLeftovers(sandbox)).not.toEqual([]);
  // Nobody can know yet that its client is dead.
  expect(await pruneAfter(10 * minute)).toEqual([]);
  await pruneAfter(8 * day);
  await vi.waitFor(async () => expect(await findLeftovers(sandbox)).toEqual([]), { timeout: 10_000 });
});
