import type { ApiObject, Pod } from '../objects.ts';
import type { ResourceType } from '../resources.ts';
import { invalid, type StatusCause } from '../status-error.ts';
import { configMapCauses, secretCauses } from './data.ts';
import type { Job } from '../job.ts';
import { jobCauses } from './job.ts';
import { metadataCauses } from './metadata.ts';
import { podCauses } from './pod.ts';
import { quotaCauses } from './quota.ts';
import { updateCauses } from './update.ts';

/**
 * Refuses an object that the API server would refuse.
 *
 * @throws StatusError 422 with every cause
 */
export function validateNew(type: ResourceType, object: ApiObject): void {
  refuse(type, object, [...metadataCauses(type, object), ...bodyCauses(type, object)]);
}

/** Refuses an update. Throws as {@link validateNew}. */
export function validateUpdate(type: ResourceType, next: ApiObject, previous: ApiObject): void {
  refuse(type, next, [
    ...metadataCauses(type, next),
    ...bodyCauses(type, next),
    ...updateCauses(type.kind, next, previous),
  ]);
}

function bodyCauses(type: ResourceType, object: ApiObject): StatusCause[] {
  switch (type.kind) {
    case 'Pod':
      return podCauses(object as Pod);
    case 'Job':
      return jobCauses(object as Job);
    case 'Secret':
      return secretCauses(object);
    case 'ResourceQuota':
      return quotaCauses(object);
    case 'ConfigMap':
      return configMapCauses(object);
    default:
      return [];
  }
}

function refuse(type: ResourceType, object: ApiObject, causes: readonly StatusCause[]): void {
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}
