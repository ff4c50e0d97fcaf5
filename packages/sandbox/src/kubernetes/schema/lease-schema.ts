import { typeMeta } from './metadata-schema.ts';
import { fields, type Schema, struct } from './schema.ts';

/** coordination.k8s.io/v1 Lease. */
export const leaseSchema: Schema = struct('Lease', {
  ...typeMeta,
  spec: struct('LeaseSpec', {
    ...fields('string', ['holderIdentity', 'strategy', 'preferredHolder']),
    ...fields('integer', ['leaseDurationSeconds', 'leaseTransitions']),
    ...fields('time', ['acquireTime', 'renewTime']),
  }),
});
