export { type ClusterOptions, createCluster } from './create-cluster.ts';
export type {
  ClientCredential,
  ClusterConnection,
  CredentialProvider,
} from './connection/cluster-connection.ts';
