import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandAtPlace, startCommandAt } from '../cli/command-at-place.ts';
import { followProgram, type Started } from '../cli/kanikit-command.ts';
import { pruneAfter } from '../cli/prune-after.ts';
import { changeKubeconfig } from '../clusters/test-cluster.ts';
import { startSecureProxy } from '../parts/secure-proxy.ts';
import type { StartBuildPlace } from '../clusters/build-place.ts';
import type { ScriptSettings } from './build-script.ts';
import { prepareThreeBuilds, type ThreeBuilds } from './three-builds.ts';
import { storeIn } from '../parts/store-in.ts';
import { executorByTag } from '../clusters/executor-by-tag.ts';

const day = 24 * 3_600_000;
/** Interrupts that people make are further apart than one that arrives twice. */
const betweenPressesMs = 300;
const script = fileURLToPath(new URL('build-script.ts', import.meta.url));

/** Every way out of a client while one build pushes, one runs and one waits: the same tests on the sandbox and on a real Kubernetes. */
export function describeInterrupts(name: string, start: StartBuildPlace): void {
  describe(`ways out on ${name}`, () => {
    let kanikit: CommandAtPlace;
    let builds: ThreeBuilds;

    beforeAll(async () => {
      kanikit = await startCommandAt(start);
      builds = await prepareThreeBuilds(kanikit);
    });
    afterAll(async () => {
      await builds?.[Symbol.asyncDispose]();
      await kanikit?.[Symbol.asyncDispose]();
    });

    async function startCommand(env: Readonly<Record<string, string>> = {}): Promise<Started> {
      const insecure = builds.insecure.flatMap((registry) => ['--insecure-registry', registry]);
      const command = kanikit.start(['build', ...builds.contexts, '-t', builds.tag, ...insecure], {
        env: { ...builds.env, ...env },
      });
      await inAllPhases(command);
      return command;
    }

    async function inAllPhases(command: Started): Promise<void> {
      await Promise.all([
        command.until(/waiting: The quota two of namespace \S+ has no room/),
        command.until(/started[^]*started/),
        builds.untilPushing(),
      ]);
    }

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      '%s cancels all, cleans up and ends with 130',
      { timeout: 120_000 },
      async (signal) => {
        const command = await startCommand();
        command.child.kill(signal);
        const ended = await command.ended;
        expect(ended).toMatchObject({ exitCode: 130 });
        expect(ended.stdout).toMatch(/3 cancelled/);
        expect(await kanikit.left()).toEqual([]);
      },
    );

    test.each([
      [2, 'stops waiting, and tells what may be left'],
      [3, 'ends the process at once'],
    ])('SIGINT ×%i %s: prune leaves nothing', { timeout: 180_000 }, async (presses) => {
      // Its clean-up hangs, so that there is something to stop waiting for.
      const { server, authority } = kanikit.place;
      const when = ({ method }: { readonly method: string }): boolean => method === 'DELETE';
      const fault = { kind: 'stall', of: 'request', afterBytes: 0 } as const;
      const rules = [{ when, fault, times: Number.POSITIVE_INFINITY }];
      await using api = await startSecureProxy({ target: server, authority, rules });
      const proxied = join(kanikit.home, 'proxied');
      await changeKubeconfig(kanikit.kubeconfig, proxied, { server: api });
      const command = await startCommand({ KUBECONFIG: proxied });
      for (let press = 1; press <= presses; press += 1) {
        if (press > 1) await delay(betweenPressesMs);
        command.child.kill('SIGINT');
      }
      const ended = await command.ended;
      expect(ended.exitCode).toBe(130);
      const told = /May be left behind .*:\n(?: {2}.*kanikit-\S+\n)+/;
      if (presses === 2) expect(ended.stderr).toMatch(told);
      expect(await kanikit.left()).not.toEqual([]);
      await pruneAfter(kanikit, 8 * day);
      await expect.poll(kanikit.left, { timeout: 60_000 }).toEqual([]);
    });

    test(
      'a script whose own exception leaves the block of its client leaves nothing',
      { timeout: 120_000 },
      async () => {
        const ended = await failingScript('awaited');
        expect(ended.exitCode).toBe(1);
        expect(ended.stderr).toContain('trouble of the script');
        expect(await kanikit.left()).toEqual([]);
      },
    );

    test(
      'a script that ends by an uncaught exception: what it left is pruned',
      { timeout: 180_000 },
      async () => {
        const ended = await failingScript('unawaited');
        expect(ended.exitCode).toBe(1);
        expect(ended.stderr).toContain('trouble of the script');
        await pruneAfter(kanikit, 8 * day);
        await expect.poll(kanikit.left, { timeout: 60_000 }).toEqual([]);
      },
    );

    async function failingScript(throws: ScriptSettings['throws']): Promise<Awaited<Started['ended']>> {
      const { bucket, authority } = kanikit.place;
      const settings: ScriptSettings = {
        throws,
        options: {
          cluster: { kubeconfig: kanikit.kubeconfig },
          executor: executorByTag,
          indexFolder: false,
          insecureRegistries: builds.insecure,
          store: storeIn(bucket, authority, kanikit.namespace),
        },
        requests: builds.contexts.map((context) => {
          const folder = context.split('/').at(-1) ?? '';
          return { name: folder, context, destinations: [builds.tag.replace('{name}', folder)] };
        }),
      };
      const args = ['--conditions=@kanikit/source', script, JSON.stringify(settings)];
      const env = { ...process.env, ...builds.env };
      const child = spawn(process.execPath, args, { stdio: 'pipe', cwd: kanikit.home, env });
      const program = followProgram(child);
      await inAllPhases(program);
      child.stdin.write('go\n');
      return await program.ended;
    }
  });
}
