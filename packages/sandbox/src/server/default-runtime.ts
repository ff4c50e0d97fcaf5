import { createProcessRuntime } from '../node/process-runtime.ts';
import type { PodRuntime } from '../node/pod-runtime.ts';
import { createReplayRuntime } from '../node/replay-runtime.ts';
import type { SandboxProgress } from './description.ts';
import type { SandboxSettings } from './options.ts';

/** The node that runs real executors, or plays a recorded log where that is asked for. The executor is fetched or built when the first pod needs it. */
export function createDefaultRuntime(options: {
  readonly folder: string;
  /** PEM of the sandbox's own authority, which pods trust. */
  readonly authority: string;
  readonly simulate: SandboxSettings['simulate'];
  readonly onProgress: ((progress: SandboxProgress) => void) | undefined;
}): PodRuntime {
  const { folder, authority, simulate, onProgress } = options;
  if (simulate !== undefined) return createReplayRuntime({ folder, ...simulate });
  return createProcessRuntime({
    folder,
    certificates: () => authority,
    onProgress: ({ detail, done, total }) =>
      onProgress?.({
        step: 'executor',
        detail,
        ...(done === undefined ? {} : { done }),
        ...(total === undefined ? {} : { total }),
      }),
  });
}
