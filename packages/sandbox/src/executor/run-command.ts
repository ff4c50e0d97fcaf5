import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a program is run: never through a shell, always cancellable. */
export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Each line of standard error as it comes. */
  readonly onErrorLine?: (line: string) => void;
}

/** What a program that ran left behind; `errorTail` is the end of its standard error. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errorTail: string;
}

/** Enough of a compiler's complaint to act on; the rest is dropped. */
const errorTailLines = 30;
/** Far above anything these programs print on standard output. */
const outputLimitBytes = 8 * 1024 * 1024;

/** Runs a program to its end. Throws when it cannot be started or when `signal` aborts (the program is killed). */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = spawn(file, [...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a compiler's children end with it.
    detached: true,
  });
  const kill = (): void => {
    // The number of one that has ended may be another program's by now.
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    // What left the group may hold the other ends.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  options.signal.addEventListener('abort', kill, { once: true });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    errors.push(line);
    if (errors.length > errorTailLines) errors.shift();
    options.onErrorLine?.(line);
  });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= outputLimitBytes) chunks.push(chunk);
  });
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    });
    options.signal.throwIfAborted();
    return { exitCode, output: Buffer.concat(chunks).toString(), errorTail: errors.join('\n') };
  } finally {
    options.signal.removeEventListener('abort', kill);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
