import type { ApiObject, JsonObject, PodCondition, PodSpec } from './objects.ts';

export interface JobSpec {
  readonly parallelism?: number;
  readonly completions?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly podReplacementPolicy?: string;
  readonly suspend?: boolean;
  readonly template: { readonly metadata?: JsonObject; readonly spec: PodSpec };
  readonly [field: string]: unknown;
}

export interface JobStatus {
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly succeeded?: number;
  readonly failed?: number;
  readonly conditions?: readonly PodCondition[];
}

export interface Job extends ApiObject {
  readonly spec: JobSpec;
  readonly status: JobStatus;
}

/** When a Job ended; undefined while it has not. */
export function finishedAt({ status }: Job): number | undefined {
  const end = status.conditions?.find(
    ({ type, status: state }) => (type === 'Complete' || type === 'Failed') && state === 'True',
  );
  return end?.lastTransitionTime === undefined ? undefined : Date.parse(end.lastTransitionTime);
}

/** What the API server fills in; the labels tie pods to their Job. */
export function withJobDefaults(object: ApiObject, defaultPodSpec: (spec: PodSpec) => PodSpec): ApiObject {
  const { spec = { template: { spec: { containers: [] } } } } = object as Partial<Job>;
  const { uid, name } = object.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const { template } = spec;
  const metadata = template?.metadata as { readonly labels?: Readonly<Record<string, string>> } | undefined;
  return {
    ...object,
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      podReplacementPolicy: 'TerminatingOrFailed',
      suspend: false,
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: {
        ...template,
        metadata: { ...metadata, labels: { ...metadata?.labels, ...labels } },
        spec: withoutDefaultPolicy(template?.spec, defaultPodSpec),
      },
    },
  };
}

/** The policy `Always`, which pods have by default, is none for a Job: it must be named. */
function withoutDefaultPolicy(
  spec: PodSpec | undefined,
  defaultPodSpec: (spec: PodSpec) => PodSpec,
): PodSpec {
  const given: PodSpec = spec ?? { containers: [] };
  return { ...defaultPodSpec(given), restartPolicy: given.restartPolicy ?? '' };
}
