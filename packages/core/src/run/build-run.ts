import type { BuildOutcome } from '@kanikit/spec';
import type { UploadGroup } from '../delivery/upload-group.ts';
import type { Environment } from '../model/environment.ts';
import type { PreparedBuild } from '../model/prepared-build.ts';
import type { CreatedThings } from '../model/created.ts';
import type { Emitter } from '../model/emitter.ts';
import { failureOfError } from '../model/failures.ts';
import type { BuildResult } from '../model/result.ts';

/** What running one build needs. */
export interface BuildRun {
  readonly runId: string;
  readonly environment: Environment;
  readonly emitter: Emitter;
  readonly created: CreatedThings;
  /** Shared uploads by build id. */
  readonly uploads: ReadonlyMap<string, UploadGroup>;
  /** True lets go of a build as soon as it has its context. */
  readonly isDetached: boolean;
  /** Aborted to cancel this build. */
  readonly signal: AbortSignal;
}

/** How an attempt ended, or a build. */
export type Ending = Pick<
  BuildResult,
  'outcome' | 'digest' | 'images' | 'exitCode' | 'failure' | 'kept' | 'detached'
>;

/** Where the pod of a build goes. */
export function namespaceOf(build: PreparedBuild, { cluster }: Environment): string {
  return build.request.pod?.namespace ?? cluster.description.namespace;
}

/** The ending of what threw. */
export function endingOf(error: unknown, signal: AbortSignal): Ending {
  const outcome: BuildOutcome = signal.aborted ? 'cancelled' : 'failed';
  const failure = signal.aborted ? undefined : failureOfError(error);
  return { outcome, digest: undefined, images: [], exitCode: undefined, failure };
}
