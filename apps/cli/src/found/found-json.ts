import type { FoundBuild } from '@kanikit/spec';

/** A build for readers of JSON: times as ISO 8601, nothing that is not JSON. */
export function foundJson(build: FoundBuild): Readonly<Record<string, unknown>> {
  const { createdAt, startedAt, endedAt, deadlineAt, heardAt, keepUntil, cancelled, phase, ...rest } = build;
  return {
    ...rest,
    phase:
      phase.state === 'ended'
        ? {
            ...phase,
            result: {
              ...phase.result,
              startedAt: iso(phase.result.startedAt),
              finishedAt: iso(phase.result.finishedAt),
            },
          }
        : phase,
    createdAt: iso(createdAt),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    deadlineAt: iso(deadlineAt),
    heardAt: iso(heardAt),
    keepUntil: iso(keepUntil),
    cancelled: cancelled && { ...cancelled, at: iso(cancelled.at) },
  };
}

export function iso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
