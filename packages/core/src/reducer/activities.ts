import type { ExecutorPhase } from '@kanikit/spec';
import { type BuildState, fewLimit } from './build-state.ts';

/** A phase of the executor begins. One of the same kind that never said its end is closed first, so the list stays short. */
export function startActivity(
  build: BuildState,
  phase: ExecutorPhase,
  detail: string | undefined,
  timeMs: number,
): BuildState {
  const closed = endActivity(build, phase, timeMs);
  const activity = { phase, detail, sinceMs: timeMs };
  return { ...closed, activities: [...closed.activities, activity].slice(-fewLimit), activity };
}

/** A phase of the executor ends; its time is added up. */
export function endActivity(build: BuildState, phase: ExecutorPhase, timeMs: number): BuildState {
  const ended = build.activities.find((activity) => activity.phase === phase);
  if (ended === undefined) return build;
  const activities = build.activities.filter((activity) => activity !== ended);
  const spent = (build.activityMs[phase] ?? 0) + Math.max(0, timeMs - ended.sinceMs);
  return {
    ...build,
    activities,
    activity: activities.at(-1),
    activityMs: withTime(build.activityMs, phase, spent),
  };
}

/** The times with one more, unless there are so many that they are no executor's. */
export function withTime<Phase extends string>(
  times: Readonly<Partial<Record<Phase, number>>>,
  phase: Phase,
  spentMs: number,
): Readonly<Partial<Record<Phase, number>>> {
  const isKnown = Object.hasOwn(times, phase);
  return isKnown || Object.keys(times).length < fewLimit ? { ...times, [phase]: spentMs } : times;
}

/** Nothing goes on any longer: the executor has ended. */
export function endActivities(build: BuildState, timeMs: number): BuildState {
  return build.activities.reduce((state, { phase }) => endActivity(state, phase, timeMs), build);
}
