import type { Cluster } from '@kanikit/spec';

/** A cluster on which nothing is ever started. */
export const idleCluster: Cluster = {
  specVersion: 1,
  description: { kind: 'kubeconfig', name: 'idle', server: 'https://idle.example.com', namespace: 'default' },
  manifests: () => [],
  check: async () => [],
  canLaunchAhead: () => false,
  launch: async () => await new Promise(() => undefined),
  close: async () => undefined,
};
