import { fields, list, map, type Schema, struct } from './schema.ts';

const ownerReference = struct('OwnerReference', {
  ...fields('string', ['apiVersion', 'kind', 'name', 'uid']),
  ...fields('boolean', ['controller', 'blockOwnerDeletion']),
});

/** `metadata` of every object. */
const objectMeta: Schema = struct('ObjectMeta', {
  ...fields('string', ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion']),
  ...fields('integer', ['generation', 'deletionGracePeriodSeconds']),
  ...fields('time', ['creationTimestamp', 'deletionTimestamp']),
  ...fields(map('string'), ['labels', 'annotations']),
  ownerReferences: list(ownerReference),
  finalizers: list('string'),
  managedFields: 'any',
});

/** The fields every kind has. */
export const typeMeta: Readonly<Record<string, Schema>> = {
  apiVersion: 'string',
  kind: 'string',
  metadata: objectMeta,
};
