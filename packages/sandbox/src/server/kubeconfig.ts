export const contextName = 'kanikit-sandbox';

/** A kubeconfig with the sandbox as its only context. JSON is YAML, so no YAML writer is needed. */
export function renderKubeconfig(options: {
  readonly server: string;
  readonly authority: string;
  readonly token: string;
  readonly namespace: string;
}): string {
  const name = contextName;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: options.server,
          'certificate-authority-data': Buffer.from(options.authority).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token: options.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: options.namespace } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
