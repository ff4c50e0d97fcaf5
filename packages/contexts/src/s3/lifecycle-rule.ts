import { cleanPrefix } from '../bucket/clean-prefix.ts';
import type { S3StoreOptions } from './s3-options.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** What a killed process leaves is of no use any longer; signed URLs live a week at most. */
const leftDays = 7;

/**
 * Rules by which the bucket cleans itself of what killed processes leave and of kept contexts, as text for
 * `aws s3api put-bucket-lifecycle-configuration --bucket BUCKET --lifecycle-configuration file://…`. That command replaces the rules a bucket has.
 *
 * @param keepMs age of kept contexts, as in `UploadOptions`; undefined where none are kept
 */
export function s3LifecycleRule(options: Pick<S3StoreOptions, 'prefix'>, keepMs?: number): string {
  const prefix = cleanPrefix(options.prefix);
  const root = prefix === '' ? '' : `${prefix}/`;
  // Objects in use are renewed in the second half of their time.
  const keepDays = keepMs === undefined ? undefined : Math.max(1, Math.ceil(keepMs / dayMs));
  const rules = [
    rule('kanikit-runs', `${root}runs/`, leftDays),
    ...(keepDays === undefined ? [] : [rule('kanikit-contexts', `${root}contexts/`, keepDays)]),
    {
      ID: 'kanikit-uploads',
      Status: 'Enabled',
      Filter: { Prefix: root },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ];
  return `${JSON.stringify({ Rules: rules }, undefined, 2)}\n`;
}

function rule(ID: string, Prefix: string, Days: number): object {
  return {
    ID,
    Status: 'Enabled',
    Filter: { Prefix },
    Expiration: { Days },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  };
}
