import { acquireExecutor } from '../executor/acquire-executor.ts';
import type { SandboxDescription } from './description.ts';
import type { SandboxOptions } from './options.ts';

/** Asks the user's own executor who it is, where there is one and it will run. Throws `executor-unavailable` for a program that is none. */
export async function givenExecutor(options: SandboxOptions): Promise<SandboxDescription['executor']> {
  const path = process.env['KANIKIT_EXECUTOR'];
  if (!path || options.runtime !== undefined || options.simulate !== undefined) return undefined;
  const program = await acquireExecutor({
    distribution: 'google',
    version: '',
    path,
    signal: options.signal ?? new AbortController().signal,
  });
  // A build of a development state counts as the release that it becomes.
  const version = /^\d+\.\d+\.\d+(?:-\d+)?(?![\w.])/.exec(program.version)?.[0];
  return version === undefined ? undefined : { distribution: program.distribution, version };
}
