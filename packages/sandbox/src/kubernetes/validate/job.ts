import { isDeepStrictEqual } from 'node:util';
import type { Job } from '../job.ts';
import type { StatusCause } from '../status-error.ts';
import { invalidValue, notSupported, required } from './causes.ts';
import { podCauses } from './pod.ts';

/** What is wrong with a (defaulted) Job. The sandbox runs Jobs of one pod, and refuses others rather than run them wrongly. */
export function jobCauses(job: Job): StatusCause[] {
  const { template, parallelism, completions, suspend } = job.spec;
  const { restartPolicy = '' } = template.spec;
  const policies = ['Never', 'OnFailure'];
  const ofPod = podCauses({ ...job, spec: { ...template.spec, restartPolicy: 'Never' }, status: {} });
  const counts = ['backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'].flatMap((field) => {
    const value = job.spec[field];
    return typeof value === 'number' && value < 0
      ? [invalidValue(`spec.${field}`, value, 'must be greater than or equal to 0')]
      : [];
  });
  const single = (field: string, value: number | undefined): StatusCause[] =>
    value === 1 ? [] : [invalidValue(`spec.${field}`, value, 'the sandbox runs Jobs of one pod')];
  return [
    ...counts,
    ...single('parallelism', parallelism),
    ...single('completions', completions),
    ...(suspend === true ? [invalidValue('spec.suspend', true, 'the sandbox does not suspend Jobs')] : []),
    ...(restartPolicy === ''
      ? [required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"')]
      : policies.includes(restartPolicy)
        ? []
        : [notSupported('spec.template.spec.restartPolicy', restartPolicy, ['OnFailure', 'Never'])]),
    ...ofPod.map((cause) => ({
      ...cause,
      field: cause.field?.replace(/^spec\./, 'spec.template.spec.') ?? '',
    })),
  ];
}

/** The template of a Job can't change. */
export function jobUpdateCauses(next: Job, previous: Job): StatusCause[] {
  return isDeepStrictEqual(next.spec.template, previous.spec.template)
    ? []
    : [invalidValue('spec.template', next.spec.template, 'field is immutable')];
}
