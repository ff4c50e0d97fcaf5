import type { KanikitEvent, RunStartEvent } from '@kanikit/spec';
import { announcedBuild, type BuildState } from './build-state.ts';
import { reduceBuild } from './reduce-build.ts';
import { initialRunState, type RunState } from './run-state.ts';

/**
 * Folds one event into the state. Pure: the given state keeps its value, and what did not change stays the same object.
 * Events of unknown builds or of types this version does not know change nothing but `lastSeq` and `lastEventAtMs`.
 */
export function reduceRun(state: RunState, event: KanikitEvent): RunState {
  const timeMs = Date.parse(event.time);
  const seen = { ...state, lastSeq: event.seq, lastEventAtMs: timeMs };
  switch (event.type) {
    case 'run-start':
      return { ...startOf(event, timeMs), lastSeq: event.seq };
    case 'run-cancel':
      return { ...seen, cancel: { reason: event.reason, atMs: timeMs } };
    case 'run-end':
      return { ...seen, outcome: event.outcome, durationMs: event.durationMs, endedAtMs: timeMs };
    default: {
      const position = event.build === undefined ? undefined : state.positions.get(event.build);
      const build = position === undefined ? undefined : state.builds[position];
      if (position === undefined || build === undefined) return seen;
      const next = reduceBuild(build, event, timeMs);
      return next === build ? seen : { ...seen, builds: replaceAt(state.builds, position, next) };
    }
  }
}

function startOf(event: RunStartEvent, timeMs: number): RunState {
  return {
    ...initialRunState,
    run: event.run,
    cluster: event.cluster,
    isSimulated: event.isSimulated,
    builds: event.builds.map((build) => announcedBuild(build, timeMs)),
    positions: new Map(event.builds.map((build, position) => [build.id, position])),
    startedAtMs: timeMs,
    lastEventAtMs: timeMs,
  };
}

function replaceAt(
  builds: readonly BuildState[],
  position: number,
  build: BuildState,
): readonly BuildState[] {
  const copy = builds.slice();
  copy[position] = build;
  return copy;
}
