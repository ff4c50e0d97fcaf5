import { jobSchema } from './job-schema.ts';
import { leaseSchema } from './lease-schema.ts';
import { typeMeta } from './metadata-schema.ts';
import { fields, list, map, type Schema, struct } from './schema.ts';

const objectReference = struct(
  'ObjectReference',
  fields('string', ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']),
);

/** The kinds besides pods that can be written. */
export const otherSchemas: Readonly<Record<string, Schema>> = {
  Job: jobSchema,
  Lease: leaseSchema,
  Secret: struct('Secret', {
    ...typeMeta,
    immutable: 'boolean',
    data: map('base64'),
    stringData: map('string'),
    type: 'string',
  }),
  ConfigMap: struct('ConfigMap', {
    ...typeMeta,
    immutable: 'boolean',
    data: map('string'),
    binaryData: map('base64'),
  }),
  Namespace: struct('Namespace', { ...typeMeta, spec: 'any', status: 'any' }),
  ResourceQuota: struct('ResourceQuota', {
    ...typeMeta,
    spec: struct('ResourceQuotaSpec', {
      hard: map('quantity'),
      scopes: list('string'),
      scopeSelector: 'any',
    }),
    status: 'any',
  }),
  ServiceAccount: struct('ServiceAccount', {
    ...typeMeta,
    secrets: list(objectReference),
    imagePullSecrets: list(struct('LocalObjectReference', { name: 'string' })),
    automountServiceAccountToken: 'boolean',
  }),
  Event: struct('Event', {
    ...typeMeta,
    involvedObject: objectReference,
    related: objectReference,
    ...fields('string', ['reason', 'message', 'type', 'action']),
    ...fields('string', ['reportingComponent', 'reportingInstance']),
    ...fields('time', ['firstTimestamp', 'lastTimestamp', 'eventTime']),
    count: 'integer',
    ...fields('any', ['source', 'series']),
  }),
  SelfSubjectAccessReview: struct('SelfSubjectAccessReview', { ...typeMeta, spec: 'any', status: 'any' }),
  SelfSubjectRulesReview: struct('SelfSubjectRulesReview', { ...typeMeta, spec: 'any', status: 'any' }),
};
