import type { SecretKey } from './delivery.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import type { PodPatch } from './pod-patch.ts';

/** Quantities in Kubernetes notation (`500m`, `2Gi`). */
export interface ResourceAmounts {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly ephemeralStorage?: string | undefined;
}

/** A value in an existing config map of the pod's namespace. */
export interface ConfigMapKey {
  readonly configMap: string;
  readonly key: string;
  /** True leaves the variable unset where config map or key are missing. @default false */
  readonly isOptional?: boolean | undefined;
}

/**
 * The value of a variable of the pod: a text, a key of an existing secret or config map, or any other source that Kubernetes has (`valueFrom`
 * in its words, e.g. `{ valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }`). In a text `$(NAME)` stands for another variable, as in
 * Kubernetes.
 */
export type EnvValue = string | SecretKey | ConfigMapKey | { readonly valueFrom: KubernetesObject };

/** All keys of an existing secret or config map as variables. */
export type EnvSource = (
  | { readonly secret: string; readonly configMap?: undefined }
  | { readonly configMap: string; readonly secret?: undefined }
) & {
  /** Put before every key. @default '' */
  readonly prefix?: string | undefined;
  /** If true, a missing secret or config map is not an error. @default false */
  readonly isOptional?: boolean | undefined;
};

/**
 * Settings that a kind of cluster wants:
 *
 * - `baseline`: what the Pod Security level "baseline" allows, with the runtime's seccomp profile; a template or patch that breaks the level is
 *   refused before anything starts.
 * - `least-privilege`: the same, and every capability dropped but the nine that unpacking images and `RUN` need.
 * - `openshift`: what the SecurityContextConstraints "anyuid" take, which the service account must be granted; no profile and no capabilities, which
 *   they refuse.
 */
export type PodPreset = 'baseline' | 'least-privilege' | 'openshift';

/**
 * How a build's pod looks, in the order in which it is made: defaults, `preset`, `template`, the settings here, `patches`. What kanikit relies
 * on (its labels, the executor's container and arguments, the deadline, the mounts of its secret) is checked at the end.
 */
export interface PodShape {
  readonly requests?: ResourceAmounts | undefined;
  /** A limit without a request is the request, too (Kubernetes). */
  readonly limits?: ResourceAmounts | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  /** As in Kubernetes: `{ key, operator, value, effect, tolerationSeconds }`. */
  readonly tolerations?: readonly KubernetesObject[] | undefined;
  /** As in Kubernetes: `{ nodeAffinity, podAffinity, podAntiAffinity }`. */
  readonly affinity?: KubernetesObject | undefined;
  /**
   * As in Kubernetes; an empty list lets the scheduler put all builds on one node.
   *
   * @default builds are spread over nodes as far as it goes (`kubernetes.io/hostname`, `ScheduleAnyway`)
   */
  readonly topologySpreadConstraints?: readonly KubernetesObject[] | undefined;
  readonly priorityClass?: string | undefined;
  readonly runtimeClass?: string | undefined;
  /** @default the cluster's */
  readonly schedulerName?: string | undefined;
  readonly serviceAccount?: string | undefined;
  /** Whether the token of the service account is mounted. @default only with a `serviceAccount`, and then as that says */
  readonly mountServiceAccountToken?: boolean | undefined;
  readonly imagePullSecrets?: readonly string[] | undefined;
  /** @default Kubernetes' own: `Always` for the tag `latest`, else `IfNotPresent` */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Volumes of any kind, as in Kubernetes. */
  readonly volumes?: readonly KubernetesObject[] | undefined;
  /** Mounts in the executor's container, as in Kubernetes; never over what the executor is made of or works in (`/kaniko`, `/workspace`). */
  readonly volumeMounts?: readonly KubernetesObject[] | undefined;
  readonly envFrom?: readonly EnvSource[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** As in Kubernetes: `{ ip, hostnames }`. */
  readonly hostAliases?: readonly KubernetesObject[] | undefined;
  /** @default ClusterFirst */
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None' | undefined;
  /** As in Kubernetes: `{ nameservers, searches, options }`. */
  readonly dnsConfig?: KubernetesObject | undefined;
  /** False gives the pod a user namespace of its own, where nodes can: root in it is nobody on the node. @default the cluster's: true */
  readonly hostUsers?: boolean | undefined;
  readonly preset?: PodPreset | undefined;
  /**
   * What the pod is made on: a Pod, a PodTemplate(Spec) or the spec of a pod, as in Kubernetes. Its container `kaniko`, if it has one, becomes the
   * executor; other containers and init containers come along.
   */
  readonly template?: KubernetesObject | undefined;
  /** Applied in order to the finished pod. */
  readonly patches?: readonly PodPatch[] | undefined;
}
