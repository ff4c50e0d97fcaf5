import { readFileSync } from 'node:fs';

/** Runs the command of this process and sets its exit code. */
export async function runProcess(env: NodeJS.ProcessEnv): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  process.stdout.on('error', endQuietlyWhenGone);
  process.stderr.on('error', endQuietlyWhenGone);
  const { main } = await import('./main.ts');
  const { stdin, stdout, stderr } = process;
  process.exitCode = await main(args, { env, stdin, stdout, stderr, version: version() });
}

/** Whoever read the pipe has seen enough (`| head -1`). Displays have a say of their own: they cancel what they show. */
function endQuietlyWhenGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
