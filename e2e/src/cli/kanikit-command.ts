import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SandboxDescription, sandboxStatus } from '@kanikit/sandbox';

const program = fileURLToPath(new URL('../../../apps/cli/bin/kanikit.mjs', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `kanikit` command in a home of its own, as a user without a cluster has it. */
export interface KanikitCommand extends AsyncDisposable {
  readonly home: string;
  /** Runs it to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Starts it; `ended` resolves when it is gone. `until` resolves when its output matches. */
  start(args: readonly string[], options?: RunOptions): Started;
  /** Starts the sandbox of this home. */
  sandbox(): Promise<SandboxDescription>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Uint8Array | string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  until(pattern: RegExp): Promise<void>;
}

export async function makeKanikitCommand(): Promise<KanikitCommand> {
  const home = await mkdtemp(join(tmpdir(), 'kanikit-cli-'));
  const base = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    KUBECONFIG: '',
    NO_COLOR: '1',
  };
  // The executor stays where it was built: it takes minutes.
  const cache = process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] ?? '/root', '.cache');
  const start = (args: readonly string[], options: RunOptions = {}): Started => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: home,
      env: { ...base, XDG_CACHE_HOME: cache, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // A command that ends without reading its input is no failure of the test.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin);
    return followProgram(child);
  };
  const run = (args: readonly string[], options?: RunOptions) => start(args, options).ended;
  return {
    home,
    run,
    start,
    sandbox: async () => {
      const up = await run(['sandbox', 'up']);
      if (up.exitCode !== 0) throw new Error(`kanikit sandbox up: ${up.stderr}`);
      // What the command prints has no credentials; the folder does.
      const status = await sandboxStatus(join(home, 'data', 'kanikit', 'sandbox'));
      if (status.state !== 'running') throw new Error(`the sandbox is ${status.state}`);
      return status.sandbox;
    },
    [Symbol.asyncDispose]: async () => {
      await run(['sandbox', 'down']);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Collects what a process writes, until it is gone. */
export function followProgram(child: ChildProcess): Started {
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    changed();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    changed();
  });
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr,
  }));
  return {
    child,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(stdout) && !pattern.test(stderr)) return;
          watchers.delete(check);
          resolve();
        };
        watchers.add(check);
        check();
        void ended.then(() => reject(new Error(`ended before ${pattern}: ${stdout}${stderr}`)));
      }),
  };
}
