import type { FoundBuild } from '@kanikit/spec';
import { formatAge } from './format-age.ts';

/** A client that gives no signs of life has cleaned up long before this, in milliseconds after the end of its build. */
const settledMs = 15 * 60_000;
/** Its client reads the log of a build to the end within seconds of that. */
const keptMs = 60_000;
/** The cluster ends a pod at its deadline; it gets this long to do so. */
const deadlineSlackMs = 5 * 60_000;

/** Why a build's pod may be removed; undefined where it may not. Never one whose client is alive. */
export function whyPodMayGo(
  build: FoundBuild,
  { now, isAllEnded }: { readonly now: number; readonly isAllEnded: boolean },
): string | undefined {
  const { phase, ownership, heardAt, owner, keepUntil } = build;
  if (phase.state === 'stopping') return undefined;
  const gone = `its client${owner === undefined ? '' : ` (${owner})`} was last heard of ${formatAge(now - heardAt)} ago`;
  if (phase.state === 'ended') {
    const endedAt = build.endedAt ?? build.createdAt;
    const ended = `it ended ${formatAge(now - endedAt)} ago`;
    // What is kept on purpose is done with after some moments, whatever its client does.
    if (isAllEnded && keepUntil !== undefined && now - endedAt > keptMs) return ended;
    if (ownership === 'alive') return undefined;
    if (isAllEnded && (ownership !== 'unknown' || now - endedAt > settledMs)) return ended;
    if (keepUntil !== undefined) return now > keepUntil ? `${ended}, and was kept long enough` : undefined;
    if (ownership === 'abandoned') return `${ended}, and ${gone}`;
    return now - endedAt > settledMs ? `${ended}, and nobody has removed it` : undefined;
  }
  if (ownership === 'alive') return undefined;
  if (ownership === 'abandoned') return gone;
  // What runs is ended by the cluster; what never got to a node has no deadline there.
  const isOverdue = build.deadlineAt !== undefined && now > build.deadlineAt + deadlineSlackMs;
  return isOverdue ? `it is past its deadline` : undefined;
}
