import type { BuildOutcome } from '@kanikit/spec';
import type { BuildState } from './build-state.ts';

/** Everything a display needs to know about a run, folded from its events. */
export interface RunState {
  /** Id of the run; undefined before `run-start`. */
  readonly run: string | undefined;
  readonly cluster: { readonly kind: string; readonly name: string; readonly namespace: string } | undefined;
  /** True when recorded builds are played: every display says so. */
  readonly isSimulated: boolean;
  /** In the order of the request. */
  readonly builds: readonly BuildState[];
  /** Position in `builds` by id. */
  readonly positions: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** Time of the newest event. */
  readonly lastEventAtMs: number | undefined;
  /** `seq` of the newest event. */
  readonly lastSeq: number;
  /** Set once the user or a signal asked to stop. */
  readonly cancel: { readonly reason: string; readonly atMs: number } | undefined;
  /** Set when the run has ended. */
  readonly outcome: BuildOutcome | undefined;
  readonly durationMs: number | undefined;
}

/** How many builds are where; the sum is the number of builds. */
export interface BuildCounts {
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Builds that go on without anybody here. */
  readonly detached: number;
}

export const initialRunState: RunState = {
  run: undefined,
  cluster: undefined,
  isSimulated: false,
  builds: [],
  positions: new Map(),
  startedAtMs: undefined,
  endedAtMs: undefined,
  lastEventAtMs: undefined,
  lastSeq: 0,
  cancel: undefined,
  outcome: undefined,
  durationMs: undefined,
};

/** Counts builds by where they are; a build that waits for a slot or has not begun is queued. */
export function countBuilds(state: RunState): BuildCounts {
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, detached: 0 };
  for (const build of state.builds) {
    counts[build.outcome ?? (build.phase === 'queued' ? 'queued' : 'running')] += 1;
  }
  return counts;
}
