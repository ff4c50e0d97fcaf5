import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isKanikitError, KanikitError } from '@kanikit/spec';
import { errorWords } from '@kanikit/toolkit/text';
import type { DaemonMessage } from './daemon-message.ts';
import type { SandboxDescription, SandboxProgress } from './description.ts';
import type { SandboxSettings } from './options.ts';
import { awaitHolder, findHolder, isSameHolder, type LockHolder } from './folder-lock.ts';
import { requireLinux } from './require-linux.ts';
import { prepareFolder, type SandboxPaths, sandboxPaths } from './sandbox-folder.ts';
import { sandboxStatus } from './status.ts';

export interface SandboxDaemonOptions extends SandboxSettings {
  /** An executor program of the user's, for every executor image. @default the environment variable `KANIKIT_EXECUTOR` */
  readonly executor?: string | undefined;
  readonly onProgress?: ((progress: SandboxProgress) => void) | undefined;
  /** How long the daemon may take to be ready. @default 30000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const logLinesInError = 10;

/**
 * Starts a sandbox as a process of its own that outlives this one, and waits until it is ready. Does nothing when it runs already.
 *
 * Throws as `startSandbox` does, and `sandbox-start-failed` with the end of its log.
 */
export async function startSandboxDaemon(options: SandboxDaemonOptions = {}): Promise<SandboxDescription> {
  requireLinux();
  const { onProgress, timeoutMs = 30_000, signal, executor, ...settings } = options;
  const paths = sandboxPaths(options.folder);
  const limit = AbortSignal.timeout(timeoutMs);
  const any = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  for (;;) {
    signal?.throwIfAborted();
    try {
      const running = await runningSandbox(paths, any);
      if (running !== undefined) return running;
      await prepareFolder(paths);
      return await startOne(paths, { ...settings, folder: paths.folder }, executor, any, onProgress);
    } catch (error) {
      signal?.throwIfAborted();
      // Somebody else was faster: his sandbox is waited for.
      if (isKanikitError(error) && error.code === 'sandbox-running' && !limit.aborted) continue;
      const why = limit.aborted ? `not ready after ${timeoutMs} ms` : undefined;
      throw startFailed(error, await endOfLog(paths), why);
    }
  }
}

/** The sandbox of the folder, awaited when it is just starting; undefined when there is none, or it has just ended. */
async function runningSandbox(
  paths: SandboxPaths,
  signal: AbortSignal,
): Promise<SandboxDescription | undefined> {
  const first = await findHolder(paths.folder);
  if (first === undefined) return undefined;
  const isDecided = (now: LockHolder | undefined): boolean =>
    !isSameHolder(first, now) || now?.isReady === true;
  const holder = await awaitHolder(paths.folder, isDecided, signal);
  if (holder === undefined || !isSameHolder(first, holder)) return undefined;
  const status = await sandboxStatus(paths.folder);
  if (status.state === 'running') return status.sandbox;
  // It is on its way down: over when the folder is free.
  await awaitHolder(paths.folder, (now) => !isSameHolder(first, now), signal);
  return undefined;
}

async function startOne(
  paths: SandboxPaths,
  settings: SandboxSettings,
  executor: string | undefined,
  signal: AbortSignal,
  onProgress: SandboxDaemonOptions['onProgress'],
): Promise<SandboxDescription> {
  const child = await spawnDaemon(paths, settings, executor);
  try {
    return await waitUntilReady(child, signal, onProgress);
  } catch (error) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    throw error;
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

async function spawnDaemon(
  paths: SandboxPaths,
  settings: SandboxSettings,
  executor: string | undefined,
): Promise<ChildProcess> {
  // The same file kind as this one: TypeScript in the workspace, JavaScript when installed.
  const isSource = import.meta.url.endsWith('.ts');
  const program = isSource
    ? new URL('./daemon-process.ts', import.meta.url)
    : new URL('./daemon-process.js', import.meta.url);
  const conditions = isSource ? ['--conditions=@kanikit/source'] : [];
  // Appended to: another start may be under way, whose log this is, too.
  await using log = await open(paths.log, 'a', 0o600);
  return spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...conditions,
      fileURLToPath(program),
      JSON.stringify(settings),
    ],
    {
      cwd: paths.folder,
      detached: true,
      env: { ...process.env, ...(executor === undefined ? {} : { KANIKIT_EXECUTOR: executor }) },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    },
  );
}

async function waitUntilReady(
  child: ChildProcess,
  signal: AbortSignal,
  onProgress: SandboxDaemonOptions['onProgress'],
): Promise<SandboxDescription> {
  const { promise, resolve, reject } = Promise.withResolvers<SandboxDescription>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  child.on('message', (message: DaemonMessage) => {
    if (message.type === 'progress') onProgress?.(message.progress);
    else if (message.type === 'ready') resolve(message.description);
    else {
      const { code = 'sandbox-start-failed', hint } = message;
      reject(new KanikitError({ code, message: message.message, hint }));
    }
  });
  child.on('error', reject);
  child.on('exit', (code, by) => reject(new Error(`the daemon ended with ${by ?? `exit code ${code}`}`)));
  try {
    if (signal.aborted) onAbort();
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    child.removeAllListeners();
  }
}

function startFailed(error: unknown, log: string, why: string | undefined): unknown {
  if (error instanceof KanikitError && error.code !== 'sandbox-start-failed') return error;
  return new KanikitError({
    code: 'sandbox-start-failed',
    message: `Starting the sandbox failed: ${why ?? errorWords(error)}.${log === '' ? '' : ` The end of its log:\n${log}`}`,
    hint: 'Run "kanikit sandbox up" again; when it fails the same way, "kanikit sandbox reset" starts from nothing.',
    cause: error,
  });
}

async function endOfLog(paths: SandboxPaths): Promise<string> {
  // Without a log nothing was started yet.
  const text = await readFile(paths.log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-logLinesInError).join('\n');
}
