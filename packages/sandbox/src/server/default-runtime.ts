import { createProcessRuntime } from '../node/process-runtime.ts';
import type { PodRuntime } from '../node/pod-runtime.ts';
import type { SandboxProgress } from './description.ts';

/** The node that runs real executors. Nothing is got or built before the first pod asks for it. */
export function createDefaultRuntime(options: {
  readonly folder: string;
  /** PEM of the sandbox's own authority, which pods trust. */
  readonly authority: string;
  readonly onProgress: ((progress: SandboxProgress) => void) | undefined;
}): PodRuntime {
  const { folder, authority, onProgress } = options;
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
