import { createHash } from 'node:crypto';
import type { PreparedContext } from '@kanikit/spec';
import { buildWithExecutor } from '../contexts/build-with-executor.ts';
import {
  type ExecutorOutcome,
  type ExecutorVersion,
  fetchWithExecutor,
} from '../contexts/fetch-with-executor.ts';
import type { ImageEntry } from '../contexts/image-entries.ts';

export interface ContextBuildOptions {
  readonly version?: ExecutorVersion;
  /** Of secrets that exist in the cluster, by variable. */
  readonly secretValues?: Readonly<Record<string, string>>;
}

/** Longest a build of a few files takes. */
const limitMs = 60_000;

/** Lets the executor build from an opened context, whoever fetched it, and closes it. */
export async function buildContext(
  context: PreparedContext,
  options: ContextBuildOptions = {},
): Promise<ExecutorOutcome> {
  const signal = AbortSignal.timeout(limitMs);
  const { version = '1.24.0', secretValues = {} } = options;
  try {
    if (context.kind === 'archive') {
      return { isBuilt: true, image: await buildWithExecutor({ context, version, signal }), log: '' };
    }
    const { delivery, contextSubPath } = context;
    const folder = contextSubPath === undefined ? [] : [`--context-sub-path=${contextSubPath}`];
    return await fetchWithExecutor({
      version,
      delivery: { ...delivery, args: [...delivery.args, ...folder] },
      dockerfile: context.dockerfile,
      dockerfileContents: context.dockerfileContents,
      secretValues,
      signal,
    });
  } finally {
    await context.close?.();
  }
}

/** The files of an image that was built. */
export function imageOf(outcome: ExecutorOutcome): readonly ImageEntry[] {
  if (!outcome.isBuilt) throw new Error(`the executor ended with ${outcome.exitCode}:\n${outcome.log}`);
  return outcome.image;
}

/** Whether an image has a file with this text. */
export function hasFile(image: readonly ImageEntry[], path: string, text: string): boolean {
  const digest = createHash('sha256').update(text).digest('hex');
  return image.some((entry) => entry.path === path && entry.sha256 === digest);
}
