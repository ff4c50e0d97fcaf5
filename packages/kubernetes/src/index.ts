export { type ClusterOptions, createCluster } from './create-cluster.ts';
export type { ConnectionOptions } from './connection/connection-options.ts';
export { loadConnection } from './connection/load-connection.ts';
export type {
  ClientCredential,
  ClusterConnection,
  CredentialProvider,
  Impersonation,
} from './connection/cluster-connection.ts';
export { minimalRole, renderRole, type RoleOptions } from './check/minimal-role.ts';
export { type Feature, features } from './check/rights.ts';
