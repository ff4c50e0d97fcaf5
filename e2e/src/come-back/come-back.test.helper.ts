import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeContext } from '../builds/sample-context.ts';
import { type CommandAtPlace, startCommandAt } from '../cli/command-at-place.ts';
import type { StartBuildPlace } from '../clusters/build-place.ts';

interface Listed {
  readonly buildId: string;
  readonly ownership: string;
  readonly phase: { readonly state: string };
}

/** Builds that their client let go of, seen by other commands: the same tests on the sandbox and on a real Kubernetes. */
export function describeComeBack(name: string, start: StartBuildPlace): void {
  describe(`coming back to builds on ${name}`, () => {
    let kanikit: CommandAtPlace;

    beforeAll(async () => {
      kanikit = await startCommandAt(start);
    });
    afterAll(async () => {
      await kanikit?.[Symbol.asyncDispose]();
    });

    async function contextOf(name: string, ...run: readonly string[]): Promise<string> {
      const lines = [`FROM ${kanikit.place.baseImage}`, ...run.map((command) => `RUN ${command}`)];
      return await writeContext(kanikit.home, name, { Dockerfile: `${lines.join('\n')}\n` });
    }

    async function detach(name: string, args: readonly string[], ...run: readonly string[]): Promise<string> {
      const context = await contextOf(name, ...run);
      const tag = `${kanikit.images}/${name}`;
      const started = await kanikit.run([
        'build',
        '--detach',
        '-q',
        context,
        '-t',
        tag,
        ...kanikit.buildFlags,
        ...args,
      ]);
      expect(started).toMatchObject({ exitCode: 0, stderr: '' });
      return started.stdout.trim();
    }

    async function listed(...args: readonly string[]): Promise<readonly Listed[]> {
      const { stdout } = await kanikit.run(['ps', '--json', ...args]);
      return (JSON.parse(stdout) as { readonly builds: readonly Listed[] }).builds;
    }

    async function pruneAll(): Promise<void> {
      const pruned = await kanikit.run(['prune', '--all-ended']);
      expect(pruned).toMatchObject({ exitCode: 0 });
      // What a pod owns the cluster removes in its own time.
      await expect.poll(kanikit.left, { timeout: 30_000 }).toEqual([]);
    }

    test.each([
      ['uploaded', []],
      ['streamed', ['--stdin']],
      ['in a Job', ['--job']],
    ])(
      'a detached build, its context %s: listed, attached to from another process, pruned',
      { timeout: 120_000 },
      async (_how, args) => {
        // Long enough for two commands to start on a slow machine.
        const id = await detach('slow', args, 'echo started', 'sleep 5 && echo woke');
        expect(await listed()).toMatchObject([{ buildId: id, ownership: 'detached' }]);
        const attached = await kanikit.run(['attach', id, '--progress', 'plain']);
        expect(attached.exitCode).toBe(0);
        expect(attached.stdout).toMatch(/\d\/2\] started\n/);
        expect(attached.stdout).toMatch(/\d\/2\] woke\n/);
        expect(attached.stdout).toMatch(/BUILT .*slow@sha256:/);
        // It has ended, and another look tells the same.
        const again = await kanikit.run(['attach', id, '-q']);
        expect(again.stdout).toMatch(/^\S+\/slow@sha256:[0-9a-f]{64}\n$/);
        expect(await listed()).toEqual([]);
        expect(await listed('--all')).toMatchObject([{ phase: { state: 'ended' } }]);
        const { stdout: log } = await kanikit.run(['logs', id]);
        expect(log).toContain('started\n');
        await pruneAll();
      },
    );

    test(
      'a build that fails has the same verdict and exit code for whoever attaches',
      { timeout: 120_000 },
      async () => {
        const id = await detach('bad', [], 'echo oops && exit 3');
        const attached = await kanikit.run(['attach', 'bad', '--progress', 'json']);
        expect(attached.exitCode).toBe(1);
        const events = attached.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { readonly type: string; readonly failure?: unknown });
        expect(events.find(({ type }) => type === 'build-end')?.failure).toMatchObject({
          code: 'run-failed',
          step: { instruction: 'RUN echo oops && exit 3' },
        });
        const { stdout } = await kanikit.run(['inspect', id]);
        expect(stdout).toContain('failed (3)');
        expect(stdout).toContain('RUN echo oops && exit 3');
        await pruneAll();
      },
    );

    test('Ctrl-C lets go of a build, and it goes on', { timeout: 120_000 }, async () => {
      const id = await detach('on', [], 'echo started && sleep 6');
      const attached = kanikit.start(['attach', id, '--progress', 'plain']);
      await attached.until(/\] started/);
      attached.child.kill('SIGINT');
      const ended = await attached.ended;
      expect(ended).toMatchObject({ exitCode: 130 });
      expect(ended.stderr).toContain(`Detached. The build goes on: kanikit attach ${id}`);
      expect(await listed()).toMatchObject([{ buildId: id, phase: { state: 'running' } }]);
      expect((await kanikit.run(['attach', id, '-q'])).exitCode).toBe(0);
      await pruneAll();
    });

    test(
      'a build of a living client, cancelled from elsewhere: told who did, and not tried again',
      { timeout: 120_000 },
      async () => {
        const context = await contextOf('watched', 'echo started && sleep 300');
        const command = kanikit.start([
          'build',
          context,
          '-t',
          `${kanikit.images}/watched`,
          '--progress',
          'plain',
          ...kanikit.buildFlags,
        ]);
        await command.until(/\] started/);
        const [build] = await listed();
        expect(build).toMatchObject({ ownership: 'alive' });
        expect((await kanikit.run(['prune', '--all-ended'])).stdout).toBe('');
        const cancelled = await kanikit.run(['cancel', 'watched']);
        expect(cancelled.stdout).toBe(
          `cancelled ${build?.buildId} (pod ${kanikit.namespace}/kanikit-${build?.buildId})\n`,
        );
        const ended = await command.ended;
        expect(ended.exitCode).toBe(130);
        expect(ended.stdout).toMatch(/CANCELLED after .*: The build was cancelled by \S+@\S+\./);
        expect(ended.stdout).not.toMatch(/attempt/);
        expect(await kanikit.left()).toEqual([]);
      },
    );

    test(
      '--keep-failed keeps the pod of a build that failed, without its secret',
      { timeout: 120_000 },
      async () => {
        const context = await contextOf('kept', 'echo oops && exit 4');
        const built = await kanikit.run([
          'build',
          context,
          '--keep-failed=1h',
          '-t',
          `${kanikit.images}/kept`,
          ...kanikit.buildFlags,
        ]);
        expect(built.exitCode).toBe(1);
        expect(built.stderr).toMatch(/^kept: pod \S+\/kanikit-kept-\w+ of kept, until /);
        expect(await kanikit.left()).toEqual([expect.stringMatching(/^pods\/kanikit-kept-/)]);
        const [build] = await listed('--all');
        expect((await kanikit.run(['logs', build!.buildId])).stdout).toContain('oops');
        await kanikit.run(['cancel', '--all']);
        expect(await listed('--all')).toHaveLength(1);
      },
    );

    test('a name that is none lists those there are', { timeout: 120_000 }, async () => {
      const { stderr, exitCode } = await kanikit.run(['attach', 'nobody']);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /there is none of that name\.\n hint: There are these:\n hint: {3}kept-\w+ {2}kept /,
      );
    });
  });
}
