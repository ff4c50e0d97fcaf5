import type { BuildAbout } from './cluster-builds.ts';
import type { EnvValue, PodShape } from './pod-shape.ts';

/** A file that a pod gets from a secret of its own. */
export interface SecretFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A file that a pod gets from a secret that exists in the namespace. */
export interface ExistingSecretFile {
  /** Absolute path in the container, in a folder of its own. */
  readonly path: string;
  readonly secret: string;
  readonly key: string;
}

/** Everything a cluster needs to know to run one executor pod. Knows nothing of Kaniko but its image and arguments. */
export interface PodLaunch extends PodShape {
  readonly runId: string;
  readonly buildId: string;
  /** Which pod of the build this is, from 1: a build that infrastructure ended is tried again in a new pod. @default 1 */
  readonly attempt?: number | undefined;
  /** Pod name: a DNS label of at most 63 characters, unique in the namespace. */
  readonly name: string;
  /** @default the cluster's namespace */
  readonly namespace: string | undefined;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Environment that goes through the build's own secret. `$(NAME)` in `args` is expanded by the kubelet. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /**
   * Names of further variables of the build's own secret, whose values `ClusterPod.provide` gives later: meanwhile the pod is scheduled and its
   * image pulled, but its container does not start. Only where `canLaunchAhead` says so.
   */
  readonly lateSecretEnv?: readonly string[] | undefined;
  readonly secretFiles: readonly SecretFile[];
  readonly existingSecretFiles?: readonly ExistingSecretFile[] | undefined;
  /** Existing `kubernetes.io/dockerconfigjson` secret, mounted so that it is `config.json` in this folder. */
  readonly registrySecret: { readonly name: string; readonly folder: string } | undefined;
  /** True when the container reads its context from stdin (`stdin` and `stdinOnce`). */
  readonly isStdinUsed: boolean;
  /** `activeDeadlineSeconds` of the pod. */
  readonly deadlineSeconds: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the pod tells others about its build. */
  readonly about?: BuildAbout | undefined;
  /** True for a build that nobody waits for: it is left to itself once it has what it needs. @default false */
  readonly isDetached?: boolean | undefined;
  /** Keeps a pod whose build failed for this long after its end, in seconds; without secrets. */
  readonly keepFailedSeconds?: number | undefined;
  /** How long the pod of a detached build may stay after its end, in seconds; in a Job the cluster itself removes it then. */
  readonly keepEndedSeconds?: number | undefined;
  /** `job` has the cluster make the pod, end it and remove it, whatever becomes of the client. @default pod */
  readonly podAs?: 'pod' | 'job' | undefined;
}
