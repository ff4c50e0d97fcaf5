import type { FoundBuild } from '@kanikit/spec';
import { parse } from './about-annotations.ts';
import { annotationKeys } from '../layout/labels.ts';
import { parseTime } from '../../api/watch/pod-object.ts';

/** What `cancel` writes at a pod before it deletes it. */
export function cancelledAnnotation(by: string, atMs: number): Readonly<Record<string, string>> {
  return { [annotationKeys.cancelled]: JSON.stringify({ by, at: new Date(atMs).toISOString() }) };
}

/** Who cancelled a build, from the annotation that `cancel` writes; anyone may have written it. */
export function readCancelled(annotations: Readonly<Record<string, string>>): FoundBuild['cancelled'] {
  const text = annotations[annotationKeys.cancelled];
  if (text === undefined) return undefined;
  const value = parse(text) as { readonly by?: unknown; readonly at?: unknown } | null | undefined;
  return {
    by: typeof value?.by === 'string' ? value.by : 'someone',
    at: typeof value?.at === 'string' ? parseTime(value.at) : undefined,
  };
}
