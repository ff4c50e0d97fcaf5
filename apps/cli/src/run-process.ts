import { readFileSync } from 'node:fs';

/** Runs the command of this process and sets its exit code. */
export async function runProcess(env: NodeJS.ProcessEnv): Promise<void> {
  const args = process.argv.slice(2);
  const output = watchOutput();
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const { main } = await import('./main.ts');
  const { stdin, stdout, stderr } = process;
  const code = await main(args, { env, stdin, stdout, stderr, version: version() });
  if (!output.hasFailed()) process.exitCode = code;
}

/** Exit code where the results could not be written, as for other files (`output-file-failed`). */
const outputFailedCode = 3;

/**
 * Keeps the process alive when its output fails, so that what it does is cleaned up: displays cancel what they show. Whoever read a pipe
 * and has seen enough (`| head -1`) is no failure; a full disk is one, and is told.
 */
function watchOutput(): { readonly hasFailed: () => boolean } {
  let hasFailed = false;
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (hasFailed || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return;
    hasFailed = true;
    process.exitCode = outputFailedCode;
    process.stderr.write(`error: Writing to standard output: ${message}.\n`);
  });
  process.stderr.on('error', () => undefined);
  return { hasFailed: () => hasFailed };
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
