import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
    if (sent < wanted) send('SIGINT');
    sent = Math.max(sent, wanted);
  });
  expect(output).not.toContain('clean\n');
  expect(signal).toBe('SIGINT');
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
