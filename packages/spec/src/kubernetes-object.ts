/** A piece of a Kubernetes object as plain JSON, in the words of the Kubernetes API. */
export type KubernetesObject = Readonly<Record<string, unknown>>;
