import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContextSource } from '@kanikit/spec';
import { expect, it } from 'vitest';
import { idleCluster } from './check/idle-cluster.test.helper.ts';
import { createKanikit } from './create-kanikit.ts';

/** A script that builds, and takes this long to clean up after it. */
function scriptOf(cleanupMs: number): string {
  return `
    import { createKanikit } from ${JSON.stringify(new URL('create-kanikit.ts', import.meta.url).href)};
    import { idleCluster } from ${JSON.stringify(new URL('check/idle-cluster.test.helper.ts', import.meta.url).href)};
    const slow = {
      specVersion: 1,
      kind: 'slow',
      accepts: () => true,
      open: async (_request, { signal }) => {
        console.log('opening');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        console.log('cleaning up: ' + signal.reason.message);
        await new Promise((resolve) => setTimeout(resolve, ${cleanupMs}));
        console.log('clean');
        throw signal.reason;
      },
    };
    // As the connections of a real build do.
    setInterval(() => undefined, 1_000);
    const kanikit = await createKanikit({ cluster: idleCluster, sources: [slow], onSignal: 'cancel' });
    await kanikit.build({ context: '.', destinations: ['registry.example.com/team/app:1'] }).catch((error) => console.log(error.code));
  `;
}

async function play(
  cleanupMs: number,
  onOutput: (output: string, send: (signal: NodeJS.Signals) => void) => void,
): Promise<{ readonly output: string; readonly signal: string | null }> {
  const args = ['--conditions=@kanikit/source', '--input-type=module', '--eval', scriptOf(cleanupMs)];
  const script = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  script.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    onOutput(output, (signal) => script.kill(signal));
  });
  const [, signal] = (await once(script, 'close')) as [number | null, string | null];
  return { output, signal };
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s cancels, cleans up, and then has its own effect',
  async (name) => {
    let isSent = false;
    const { output, signal } = await play(50, (text, send) => {
      if (!isSent && text.includes('opening')) send(name);
      isSent ||= text.includes('opening');
    });
    expect(output).toContain(`cleaning up: Stopping: the process got ${name}.`);
    expect(output).toContain('clean\n');
    expect(signal).toBe(name);
  },
);

it('a second Ctrl-C ends the process at once', async () => {
  let sent = 0;
  const { output, signal } = await play(60_000, (text, send) => {
    const wanted = text.includes('cleaning up') ? 2 : text.includes('opening') ? 1 : 0;
    // Later than what counts as the same press.
    if (sent < wanted) setTimeout(() => send('SIGINT'), 300 * sent);
    sent = Math.max(sent, wanted);
  });
  expect(output).not.toContain('clean\n');
  expect(signal).toBe('SIGINT');
});

it('signals right after each other are one: a wrapper passes on what the terminal sent to all', async () => {
  let isSent = false;
  const { output, signal } = await play(50, (text, send) => {
    if (!isSent && text.includes('opening')) {
      send('SIGINT');
      send('SIGTERM');
    }
    isSent ||= text.includes('opening');
  });
  expect(output).toContain('clean\n');
  expect(['SIGINT', 'SIGTERM']).toContain(signal);
});

it('a build that is started while others still clean up is cancelled, too', async () => {
  const opened: string[] = [];
  const slow: ContextSource = {
    specVersion: 1,
    kind: 'slow',
    accepts: () => true,
    open: async ({ reference }, { signal }) => {
      opened.push(reference);
      if (!signal.aborted) await once(signal, 'abort');
      await delay(reference === 'quick' ? 1 : 100);
      throw signal.reason;
    },
  };
  const kanikit = await createKanikit({ cluster: idleCluster, sources: [slow] });
  const build = async (context: string): Promise<unknown> =>
    await kanikit
      .build({ context, destinations: ['registry.example.com/team/app:1'] })
      .catch((error: unknown) => error);
  const script = Promise.all([build('slow'), build('quick').then(async () => await build('late'))]);
  await expect.poll(() => opened).toEqual(['slow', 'quick']);
  await kanikit.close();
  expect((await script)[1]).toMatchObject({
    code: 'cancelled',
    message: expect.stringContaining('kanikit was closed'),
  });
});

it('signals are let go of with close, and left alone without the option', async () => {
  const before = process.listenerCount('SIGINT');
  await using plain = await createKanikit({ cluster: idleCluster });
  expect(plain).toBeDefined();
  expect(process.listenerCount('SIGINT')).toBe(before);
  const kanikit = await createKanikit({ cluster: idleCluster, onSignal: 'cancel' });
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  await kanikit.close();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
