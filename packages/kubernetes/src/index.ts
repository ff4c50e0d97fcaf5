export { type ClusterOptions, createCluster } from './create-cluster.ts';
export type { ConnectionOptions } from './api/connection/connection-options.ts';
export { loadConnection } from './api/connection/load-connection.ts';
export type {
  ClientCredential,
  ClusterConnection,
  CredentialProvider,
  Impersonation,
} from './api/connection/cluster-connection.ts';
export { minimalRole, renderRole, type RoleOptions } from './doctor/access/minimal-role.ts';
export { type Feature, features } from './doctor/access/rights.ts';
