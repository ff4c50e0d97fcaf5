import { typeMeta } from './metadata-schema.ts';
import { podSpec } from './pod-schema.ts';
import { fields, type Schema, struct } from './schema.ts';

/** batch/v1 Job. */
export const jobSchema: Schema = struct('Job', {
  ...typeMeta,
  spec: struct('JobSpec', {
    ...fields('integer', ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit']),
    ...fields('integer', ['backoffLimitPerIndex', 'maxFailedIndexes', 'ttlSecondsAfterFinished']),
    ...fields('string', ['completionMode', 'podReplacementPolicy', 'managedBy']),
    ...fields('boolean', ['manualSelector', 'suspend']),
    ...fields('any', ['podFailurePolicy', 'successPolicy', 'selector']),
    template: struct('PodTemplateSpec', { metadata: typeMeta['metadata']!, spec: podSpec }),
  }),
  status: 'any',
});
