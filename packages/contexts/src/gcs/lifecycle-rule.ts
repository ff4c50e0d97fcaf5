import { cleanPrefix } from '../bucket/clean-prefix.ts';
import type { GcsStoreOptions } from './gcs-options.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** What a killed process leaves is of no use any longer; signed URLs live a week at most. */
const leftDays = 7;

/**
 * Rules by which the bucket cleans itself of what killed processes leave and of kept contexts, as text for
 * `gcloud storage buckets update gs://BUCKET --lifecycle-file=…`. That command replaces the rules a bucket has.
 *
 * @param keepMs age of kept contexts, as in `UploadOptions`; undefined where none are kept
 */
export function gcsLifecycleRule(options: Pick<GcsStoreOptions, 'prefix'>, keepMs?: number): string {
  const prefix = cleanPrefix(options.prefix);
  const root = prefix === '' ? '' : `${prefix}/`;
  const [runs, contexts] = [`${root}runs/`, `${root}contexts/`];
  const rule = [
    deletion({ matchesPrefix: [runs], age: leftDays }),
    // Objects in use are renewed, that is made anew, in the second half of their time.
    ...(keepMs === undefined
      ? []
      : [deletion({ matchesPrefix: [contexts], age: Math.max(1, Math.ceil(keepMs / dayMs)) })]),
    // In a bucket that keeps versions.
    deletion({ matchesPrefix: [runs, contexts], daysSinceNoncurrentTime: 1 }),
  ];
  return `${JSON.stringify({ rule }, undefined, 2)}\n`;
}

function deletion(condition: object): object {
  return { action: { type: 'Delete' }, condition };
}
