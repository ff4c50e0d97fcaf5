/** Where to look for a cluster. */
export interface ConnectionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a kubeconfig, in place of `KUBECONFIG` and `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  /** @default the kubeconfig's current context */
  readonly context?: string | undefined;
  /** True takes the service account of the pod this process runs in, whatever kubeconfig there is. */
  readonly isInCluster?: boolean | undefined;
  /** @default the context's namespace, else `default` */
  readonly namespace?: string | undefined;
  /** True does without a cluster where none is configured: for plans, which ask no cluster. @default false */
  readonly isOptional?: boolean | undefined;
  /** @default the user's home folder */
  readonly homeFolder?: string | undefined;
  /** Folder of the service account inside a pod. @default /var/run/secrets/kubernetes.io/serviceaccount */
  readonly serviceAccountFolder?: string | undefined;
}
