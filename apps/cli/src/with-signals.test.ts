import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const script = `
  import { withSignals } from ${JSON.stringify(new URL('with-signals.ts', import.meta.url).href)};
  const work = async (signal) => {
    console.log('at work');
    const alive = setInterval(() => undefined, 1_000);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    console.log('stopping');
    if (process.env.CLEANUP === 'endless') await new Promise(() => undefined);
    clearInterval(alive);
    throw signal.reason;
  };
  console.log('ended as ' + (await withSignals(work, () => 'interrupted')));
  console.log('left: ' + process.listenerCount('SIGHUP'));
`;

async function play(
  cleanup: string,
  send: (output: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<{ readonly output: string; readonly signal: string | null }> {
  const args = ['--conditions=@kanikit/source', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CLEANUP: cleanup },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    send(text, (signal) => child.kill(signal));
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { output, signal };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the work, and is let go of', async (name) => {
  const { output, signal } = await play('quick', (text, kill) => text.includes('at work') && kill(name));
  expect(output).toBe('at work\nstopping\nended as interrupted\nleft: 0\n');
  expect(signal).toBeNull();
});

test('a second signal ends work that does not stop', async () => {
  const { output, signal } = await play('endless', (text, kill) => {
    if (text.includes('at work')) kill('SIGINT');
    // Later than what counts as the same press.
    if (text.includes('stopping')) setTimeout(() => kill('SIGINT'), 300);
  });
  expect(output).toBe('at work\nstopping\n');
  expect(signal).toBe('SIGINT');
});
