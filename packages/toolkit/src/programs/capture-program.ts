import { type ChildProcess, spawn } from 'node:child_process';

/** A program that answers on its standard output. */
export interface ProgramCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard input. @default none */
  readonly input?: string;
  readonly timeoutMs: number;
  /** In characters. */
  readonly longestOutput: number;
}

/** How a program ended; `words` is what it said on standard error, from its beginning. */
export type ProgramEnd =
  | {
      readonly kind: 'ended';
      /** Null for a program that a signal ended. */
      readonly code: number | null;
      readonly killedBy: NodeJS.Signals | null;
      readonly output: string;
      readonly words: string;
    }
  | { readonly kind: 'late'; readonly words: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'not-started'; readonly isMissing: boolean; readonly problem: string };

/** More than any token. The beginning is kept: the end alone may be the middle of a secret, which nothing tells from other words. */
const longestWords = 64 * 1024;

/**
 * Runs a program, and collects what it says within bounds. One that takes too long, says too much or is not wanted any more is killed, and what it
 * has started is not waited for.
 *
 * Throws the reason of the signal.
 */
export function captureProgram(call: ProgramCall, signal: AbortSignal): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const bound = AbortSignal.timeout(call.timeoutMs);
    let child: ChildProcess;
    try {
      child = spawn(call.command, call.args, {
        env: call.env as NodeJS.ProcessEnv,
        stdio: [call.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        windowsHide: true,
        signal: AbortSignal.any([signal, bound]),
        // It may ignore others.
        killSignal: 'SIGKILL',
      });
    } catch (error) {
      // Text that no program takes, such as one with a zero byte.
      resolve({ kind: 'not-started', isMissing: false, problem: (error as Error).message });
      return;
    }
    let output = '';
    let words = '';
    // A child of the program may hold the pipes open.
    const letGo = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length <= call.longestOutput) return;
      resolve({ kind: 'too-long' });
      child.kill('SIGKILL');
      letGo();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(0, longestWords);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      letGo();
      if (signal.aborted) reject(signal.reason);
      else if (bound.aborted) resolve({ kind: 'late', words });
      else resolve({ kind: 'not-started', isMissing: error.code === 'ENOENT', problem: error.message });
    });
    child.once('close', (code, killedBy) => resolve({ kind: 'ended', code, killedBy, output, words }));
    // A program that ends without reading is judged by its exit code.
    child.stdin?.on('error', () => {});
    child.stdin?.end(call.input);
  });
}
