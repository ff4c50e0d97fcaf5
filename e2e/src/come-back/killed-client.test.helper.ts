import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeContext } from '../builds/sample-context.ts';
import { type CommandAtPlace, startCommandAt } from '../cli/command-at-place.ts';
import type { Started } from '../cli/kanikit-command.ts';
import { pruneAfter } from '../cli/prune-after.ts';
import { changeKubeconfig } from '../clusters/test-cluster.ts';
import type { StartBuildPlace } from '../clusters/build-place.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../parts/fault-proxy.ts';
import { type SecureProxy, startSecureProxy } from '../parts/secure-proxy.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const is =
  (method: string, path: RegExp) =>
  (request: SeenRequest): boolean =>
    request.method === method && path.test(request.path);
const never = { kind: 'stall', of: 'response', afterBytes: 0 } as const;
/** The server gets nothing of it before the client is dead. */
const late = { kind: 'stall', of: 'request', afterBytes: 0 } as const;

/** `kill -9` of a client in every phase, and what `kanikit prune` makes of it: the same tests on the sandbox and on a real Kubernetes. */
export function describeKilledClient(name: string, start: StartBuildPlace): void {
  describe(`a killed client on ${name}`, () => {
    let kanikit: CommandAtPlace;
    let api: SecureProxy;
    let bucket: FaultProxy;
    let proxied: string;
    let small: string;
    let large: string;

    beforeAll(async () => {
      kanikit = await startCommandAt(start);
      const { authority, server, bucket: own, baseImage } = kanikit.place;
      api = await startSecureProxy({ target: server, authority });
      bucket = await startFaultProxy({ target: own.endpoint, authority });
      proxied = join(kanikit.home, 'proxied');
      await changeKubeconfig(kanikit.kubeconfig, proxied, { server: api });
      const dockerfile = `FROM ${baseImage}\nRUN echo started && sleep 300\n`;
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
      await api?.[Symbol.asyncDispose]();
      await bucket?.[Symbol.asyncDispose]();
      await kanikit?.[Symbol.asyncDispose]();
    });

    function build(context: string): Started {
      const env = {
        KUBECONFIG: proxied,
        KANIKIT_BUCKET_ENDPOINT: bucket.url,
        KANIKIT_BUCKET_POD_ENDPOINT: kanikit.place.bucket.endpoint,
      };
      const tag = `${kanikit.images}/app`;
      return kanikit.start(['build', context, '-t', tag, '--progress=plain', ...kanikit.buildFlags], { env });
    }

    async function kill(command: Started): Promise<void> {
      command.child.kill('SIGKILL');
      await command.ended;
    }

    async function passed(proxy: FaultProxy, method: string, path: RegExp): Promise<void> {
      await vi.waitFor(() => expect(proxy.requests.some(is(method, path))).toBe(true), { timeout: 20_000 });
    }

    test.each<[string, () => Promise<Started>]>([
      [
        'before the answer to its pod',
        async () => {
          api.add({ when: is('POST', /\/pods(\?|$)/), fault: never });
          const command = build(small);
          await passed(api, 'POST', /\/pods(\?|$)/);
          return command;
        },
      ],
      [
        'between pod and secret',
        async () => {
          api.add({ when: is('POST', /\/secrets(\?|$)/), fault: late, times: 9 });
          const command = build(small);
          await passed(api, 'POST', /\/secrets(\?|$)/);
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
          await vi.waitFor(() => expect(parts().map(({ status }) => status)).toContain(200), {
            timeout: 20_000,
          });
          return command;
        },
      ],
      [
        'while the bucket puts its parts together',
        async () => {
          bucket.add({ when: is('PUT', /partNumber=/), times: 99, fault: late });
          const command = build(large);
          await passed(bucket, 'PUT', /partNumber=/);
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
          await passed(api, 'DELETE', /\/pods\//);
          return command;
        },
      ],
    ])('kill -9 of a client %s: prune leaves nothing', { timeout: 180_000 }, async (_phase, reach) => {
      await kill(await reach());
      expect(await kanikit.left()).not.toEqual([]);
      // Nobody can know yet that its client is dead.
      expect(await pruneAfter(kanikit, 10 * minute)).toEqual('');
      expect(await pruneAfter(kanikit, 8 * day)).not.toBe('');
      await expect.poll(kanikit.left, { timeout: 60_000 }).toEqual([]);
    });
  });
}
