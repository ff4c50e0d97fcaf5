import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '@kanikit/archive/errors';
import { isKanikitError, KanikitError, type RunContext } from '@kanikit/spec';
import { asSentence } from '@kanikit/toolkit/text';
import { gitError } from './git-errors.ts';
import type { TimeLimit } from './time-limit.ts';

/** The machine's git, set up for one server: see `openGitProgram`. */
export interface GitProgram {
  /**
   * Runs git to its end and returns its output. `doing` begins the message of an error.
   *
   * @throws KanikitError `git-program-missing`, `git-timeout` and those of `gitError`
   */
  run(call: GitCall, run: RunContext): Promise<string>;
}

export interface GitCall {
  readonly args: readonly string[];
  readonly folder: string;
  readonly doing: string;
  readonly time: TimeLimit;
  /** True tries again after what may pass. Only for calls that can be repeated. */
  readonly isRepeatable?: boolean;
}

export interface GitProgramOptions {
  /** `-c` for every call, of highest rank. */
  readonly config: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Output is refs or paths; a repository has a million of them at most. */
const largestOutputBytes = 128 * 1024 * 1024;
const largestErrorBytes = 64 * 1024;
const retryDelaysMs: readonly number[] = [300, 1500];

export function createGitProgram(options: GitProgramOptions): GitProgram {
  return {
    run: async (call, run) => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return await runOnce(call, options, run);
        } catch (error) {
          const delayMs = call.isRepeatable === true ? retryDelaysMs[attempt] : undefined;
          if (delayMs === undefined || !isKanikitError(error) || !error.retryable) throw error;
          if (call.time.signal.aborted) throw error;
          await delay(delayMs, undefined, { signal: run.signal }).catch(() => run.signal.throwIfAborted());
        }
      }
    },
  };
}

async function runOnce(call: GitCall, options: GitProgramOptions, run: RunContext): Promise<string> {
  run.signal.throwIfAborted();
  if (call.time.signal.aborted) throw tooSlow(call);
  const ended = Promise.withResolvers<{ readonly code: number | null }>();
  const settings = options.config.flatMap((setting) => ['-c', setting]);
  // A group of its own, without a terminal: nothing can ask questions, and all of it (ssh, helpers) can be ended at once.
  const child = spawn('git', [...settings, ...call.args], {
    cwd: call.folder,
    env: options.env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const end = (): void => {
    // The number of one that has ended may be another program's by now.
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    // Whatever left the group may hold the other ends.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const stdout: Buffer[] = [];
  let stderr = '';
  let outputBytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > largestOutputBytes) end();
    else stdout.push(chunk);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-largestErrorBytes);
  });
  child.on('error', ended.reject);
  child.on('close', (code) => ended.resolve({ code }));
  const signal = AbortSignal.any([run.signal, call.time.signal]);
  signal.addEventListener('abort', end, { once: true });
  try {
    const { code } = await ended.promise;
    run.signal.throwIfAborted();
    if (call.time.signal.aborted) throw tooSlow(call);
    if (outputBytes > largestOutputBytes) throw gitError(call.doing, 'fatal: the answer is too large');
    if (code !== 0) throw gitError(call.doing, stderr);
    return Buffer.concat(stdout).toString('utf8');
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? missing(call, error) : error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function missing({ doing }: GitCall, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'git-program-missing',
    message: asSentence(`${doing}: this machine has no program called git`),
    hint: 'Install git, or leave the clone to the executor: it takes branches and tags over https and http.',
    cause,
  });
}

function tooSlow({ doing, time }: GitCall): KanikitError {
  return new KanikitError({
    code: 'git-timeout',
    message: asSentence(`${doing}: it was not done within ${time.ms / 1000} s`),
    hint: 'Check that the server can be reached, or leave the clone to the executor.',
    retryable: true,
  });
}
