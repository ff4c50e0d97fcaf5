import { isDeepStrictEqual } from 'node:util';
import { apiTime, type PodCondition, type PodStatus } from '../objects.ts';

/** The conditions with one of them set; its transition time moves only when its status does. */
export function withCondition(
  conditions: readonly PodCondition[],
  next: PodCondition,
  now: number,
): readonly PodCondition[] {
  const index = conditions.findIndex((condition) => condition.type === next.type);
  const previous = conditions[index];
  if (previous !== undefined) {
    const { lastTransitionTime: _time, lastProbeTime: _probe, ...rest } = previous;
    if (isDeepStrictEqual(rest, next)) return conditions;
  }
  const isKept = previous?.status === next.status;
  const lastTransitionTime = isKept ? previous?.lastTransitionTime : undefined;
  const stamped = {
    ...next,
    lastProbeTime: null,
    lastTransitionTime: lastTransitionTime ?? apiTime(now),
  };
  return index < 0 ? [...conditions, stamped] : conditions.with(index, stamped);
}

/** What becomes of a status when the node reports. A pod that has ended, or is over its deadline, stays so; only details still come in. */
export function acceptReport(stored: PodStatus, report: PodStatus, isOverdue: boolean): PodStatus {
  const { phase, reason, message } = stored;
  const merged = mergeReport(stored, report);
  const isEnded = phase === 'Succeeded' || phase === 'Failed';
  if (phase === undefined || (!isEnded && !isOverdue)) return merged;
  const kept = { ...merged, phase };
  return reason === undefined ? kept : { ...kept, reason, ...(message === undefined ? {} : { message }) };
}

/** The node's report laid over what the scheduler and the API server own of a status. */
function mergeReport(stored: PodStatus, report: PodStatus): PodStatus {
  const conditions = report.conditions ?? [];
  const scheduled = (stored.conditions ?? []).filter(
    ({ type }) => type === 'PodScheduled' && !conditions.some((condition) => condition.type === type),
  );
  const startTime = report.startTime ?? stored.startTime;
  return {
    ...report,
    ...(stored.qosClass === undefined ? {} : { qosClass: stored.qosClass }),
    ...(startTime === undefined ? {} : { startTime }),
    conditions: [...conditions, ...scheduled],
  };
}
