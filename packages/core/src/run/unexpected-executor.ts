import { type ExecutorRelease, supportsFlag } from '@kanikit/kaniko';
import type { BuildEvent } from '@kanikit/spec';

/** Only releases with it print lines in every build that no other distribution prints. */
const provenWith = 'secret';

/** A warning where the log proves another distribution than the one that flags, lints and advice of the build are for; each is told once. */
export function unexpectedExecutor(
  executor: ExecutorRelease | undefined,
): (event: BuildEvent) => BuildEvent | undefined {
  let isTold = false;
  return (event) => {
    // A sandbox says so itself.
    if (event.type === 'notice' && event.code === 'ExecutorSubstituted') isTold = true;
    if (event.type !== 'executor-detect' || executor === undefined || isTold) return undefined;
    if (!contradicts(event.distribution, executor)) return undefined;
    isTold = true;
    const { distribution, version } = executor;
    return {
      type: 'notice',
      level: 'warning',
      code: 'executor-unexpected',
      message: `The executor that runs is Kaniko of ${event.distribution}, and not ${distribution} ${version}, which this build was prepared for: flags, mounts and heredocs may do something else than its Dockerfile means.`,
      hint: 'Name what the image really holds: `executor: DISTRIBUTION@VERSION` beside `executor.image`.',
    };
  };
}

/** The code of chainguard is that of google: logs do not tell them apart. */
function contradicts(found: string | undefined, executor: ExecutorRelease): boolean {
  const { distribution } = executor;
  if (found === 'osscontainertools') return distribution !== 'osscontainertools';
  return found === 'google' && distribution === 'osscontainertools' && supportsFlag(executor, provenWith);
}
