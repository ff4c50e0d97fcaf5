import type { ExecutorProgram, ExecutorRequest } from './executor/executor-program.ts';
import type { Sandbox, SandboxDescription } from './server/description.ts';
import type { SandboxOptions } from './server/options.ts';
import type { SandboxDaemonOptions } from './server/start-daemon.ts';
import type { SandboxStatus } from './server/status.ts';
import type { StopOptions } from './server/stop-daemon.ts';

export type { AccessRule, SandboxUser } from './kubernetes/access.ts';
export type { PodRuntime } from './node/pod-runtime.ts';
export type { PodScript, ScriptedContainer, ScriptedExit } from './scripted/scripted-runtime.ts';
export type {
  RegistryUser,
  Sandbox,
  SandboxBucket,
  SandboxDescription,
  SandboxProgress,
} from './server/description.ts';
export { sandboxCredentials } from './server/sandbox-credentials.ts';
export type { SandboxOptions, SandboxServer, SandboxSettings } from './server/options.ts';
export { defaultSandboxFolder } from './server/sandbox-folder.ts';
export type { SandboxDaemonOptions } from './server/start-daemon.ts';
export type { SandboxStatus } from './server/status.ts';
export type { StopOptions } from './server/stop-daemon.ts';
export type { ExecutorProgram, ExecutorProgress, ExecutorRequest } from './executor/executor-program.ts';
export { createReplayRuntime, type ReplayRuntimeOptions } from './node/replay-runtime.ts';
export { createScriptedRuntime, type ScriptedRuntimeOptions } from './scripted/scripted-runtime.ts';

// Each loads its part on first use: importing this package costs next to nothing.

/** Starts a sandbox in this process. Throws `options-invalid`, and what `start-sandbox.ts` names. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  (await import('./server/check-options.ts')).checkOptions('startSandbox()', options);
  return (await import('./server/start-sandbox.ts')).startSandbox(options);
}

/** Starts a sandbox as a process of its own; does nothing when it runs already. */
export async function startSandboxDaemon(options: SandboxDaemonOptions = {}): Promise<SandboxDescription> {
  (await import('./server/check-options.ts')).checkOptions('startSandboxDaemon()', options);
  return (await import('./server/start-daemon.ts')).startSandboxDaemon(options);
}

/** Tells whether a sandbox runs in a folder, and how to reach it. */
export async function sandboxStatus(folder?: string): Promise<SandboxStatus> {
  (await import('./server/check-options.ts')).checkFolder(folder);
  return (await import('./server/status.ts')).sandboxStatus(folder);
}

/** Stops the sandbox of a folder with its pods; false when none was running. Its data stays. */
export async function stopSandboxDaemon(folder?: string, options: StopOptions = {}): Promise<boolean> {
  await checkStop('stopSandboxDaemon()', folder, options);
  return (await import('./server/stop-daemon.ts')).stopSandboxDaemon(folder, options);
}

/** Stops the sandbox of a folder and deletes everything in it. Throws `sandbox-absent` for a folder that is none. */
export async function resetSandbox(folder?: string, options: StopOptions = {}): Promise<void> {
  await checkStop('resetSandbox()', folder, options);
  return (await import('./server/reset.ts')).resetSandbox(folder, options);
}

/** Gets the real executor for this machine and keeps it; see `acquire-executor.ts` for the ways and what it throws. */
export async function acquireExecutor(request: ExecutorRequest): Promise<ExecutorProgram> {
  (await import('./server/check-options.ts')).checkOptions('acquireExecutor()', request);
  return (await import('./executor/acquire-executor.ts')).acquireExecutor(request);
}

async function checkStop(
  call: 'stopSandboxDaemon()' | 'resetSandbox()',
  folder: unknown,
  options: unknown,
): Promise<void> {
  const { checkFolder, checkOptions } = await import('./server/check-options.ts');
  checkFolder(folder);
  checkOptions(call, options);
}
