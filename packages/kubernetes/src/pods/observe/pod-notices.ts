import type { PodObservation } from '@kanikit/spec';
import type { PodObject } from '../../api/watch/pod-object.ts';

/** By a condition of this type a node, a webhook or an operator tells whoever waits for the build something about its pod. */
const noticeType = 'kanikit.dev/notice';

/** The notices of a pod that are not in `told`, which gets them. */
export function newNotices(
  pod: PodObject,
  told: Set<string>,
): readonly Extract<PodObservation, { type: 'notice' }>[] {
  const found = (pod.status?.conditions ?? []).filter(
    ({ type, status }) => type === noticeType && status === 'True',
  );
  return found.flatMap(({ reason = 'Notice', message = '' }) => {
    const key = `${reason}\n${message}`;
    if (told.has(key)) return [];
    told.add(key);
    return [{ type: 'notice', isWarning: true, reason, message }];
  });
}
