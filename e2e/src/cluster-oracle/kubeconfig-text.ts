/** The parts of a small kubeconfig, each a flow map of YAML, or other text in its place. */
export interface KubeconfigParts {
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
  /** Lines at the top. */
  readonly head?: string;
}

const server = 'server: "https://k.example.com:6443"';

/** A kubeconfig whose current context leads to a cluster and a user. */
export function kubeconfigText({
  cluster = '',
  user = '{token: t}',
  context = '{cluster: c, user: u}',
  head = 'apiVersion: v1\nkind: Config\ncurrent-context: a',
}: KubeconfigParts = {}): string {
  const ofCluster = cluster.startsWith('{') || cluster === 'null' ? cluster : `{${server}, ${cluster}}`;
  return `${head}
clusters:
- {name: c, cluster: ${ofCluster}}
users:
- {name: u, user: ${user}}
contexts:
- {name: a, context: ${context}}
`;
}
