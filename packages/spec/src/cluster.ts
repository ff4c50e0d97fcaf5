import type { KanikitErrorCode, PluginErrorCode } from './error-codes.ts';
import type { KanikitError } from './errors.ts';
import type { BuildAbout, ClusterBuilds } from './cluster-builds.ts';
import type { ClusterExamination, Finding } from './finding.ts';
import type { EnvValue, PodShape, ResourceAmounts } from './pod-shape.ts';
import type { RunContext } from './run-context.ts';

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

/** A Kubernetes object as plain JSON. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
};

export interface ClusterDescription {
  readonly kind: 'kubeconfig' | 'in-cluster' | 'sandbox';
  /** Context name, `in-cluster` or `sandbox`. */
  readonly name: string;
  readonly server: string;
  readonly namespace: string;
}

/** What keeps a pod from running, or what became of it, as the cluster tells it. */
export type PodObservation =
  | {
      readonly type: 'pending';
      readonly reason: string;
      readonly message: string;
      /** What to do about it, where that is known. */
      readonly hint?: string | undefined;
    }
  /** Ready to run but for the values that `provide` gives. */
  | { readonly type: 'held' }
  | { readonly type: 'scheduled'; readonly node: string }
  | { readonly type: 'pulling'; readonly image: string }
  | { readonly type: 'running'; readonly node: string | undefined; readonly startedAt: number | undefined }
  | {
      readonly type: 'notice';
      readonly isWarning: boolean;
      readonly reason: string;
      readonly message: string;
      readonly hint?: string | undefined;
    }
  | ({ readonly type: 'ended' } & PodResult);

/** How a pod ended. */
export interface PodResult {
  /**
   * `completed`: the container ended by itself (see `exitCode`). `cancelled`: someone cancelled the build (`message` says who). `oom-killed`, `evicted`, `deadline-exceeded`, `node-lost`, `deleted`,
   * `preempted`: the cluster ended it. `never-started`: it can't start (image, configuration) and waiting longer is no use.
   */
  readonly cause:
    | 'completed'
    | 'cancelled'
    | 'oom-killed'
    | 'evicted'
    | 'deadline-exceeded'
    | 'node-lost'
    | 'deleted'
    | 'preempted'
    | 'never-started';
  readonly exitCode: number | undefined;
  /** Reason in the cluster's word, e.g. `OOMKilled`, `ErrImagePull`; message with the cluster's words and, where these are cryptic, what they mean. */
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** What to do about it, where the cluster's words tell. */
  readonly hint?: string | undefined;
  /** Whether the same pod may do better at another time (a registry out of reach) or never will (a limit of its own). @default what the cause says */
  readonly isRetryable?: boolean | undefined;
  /** Limits of the executor's container as the cluster kept them, those of a LimitRange included. */
  readonly limits?: ResourceAmounts | undefined;
  /** Content of the termination message file. */
  readonly terminationMessage: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

/** A piece of container output: a whole line with its newline, or the last piece without one. */
export interface LogLine {
  readonly bytes: Uint8Array;
  /** When the container wrote it, milliseconds since the epoch. */
  readonly timeMs: number;
}

/** A pod that the cluster has accepted. */
export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  /** Status changes and cluster events, from the first to `ended`, which is always the last. */
  readonly observations: AsyncIterable<PodObservation>;
  /** The executor's output from its first byte, resumed after cuts without loss or repeats; ends after the container has. */
  readonly log: AsyncIterable<LogLine>;
  /** Streams the archive to the container's stdin, resolves when it is taken. */
  sendStdin(archive: AsyncIterable<Uint8Array>, run: RunContext): Promise<void>;
  /**
   * Gives the values of `lateSecretEnv`; the container starts then.
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`
   */
  provide(values: Readonly<Record<string, string>>, run: RunContext): Promise<void>;
  /** Deletes pod and secrets; idempotent, bounded in time, resolves when the API server has confirmed. */
  remove(): Promise<void>;
  /** Deletes the secrets and leaves the pod, which has ended, to be looked at; bounded in time. */
  keep?(): Promise<void>;
  /** Lets go of a build that goes on by itself: nothing is deleted, nothing more is heard. */
  leave?(): void;
}

/** Something found before anything starts. */
export interface Problem {
  readonly code: KanikitErrorCode | PluginErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** What builds will ask of the cluster. */
export interface ClusterNeeds {
  /** @default the cluster's namespace */
  readonly namespace?: string | undefined;
  /** True when contexts are streamed to the executor's stdin. */
  readonly isAttachNeeded: boolean;
  /** True when pods come out of Jobs. @default false */
  readonly isJobNeeded?: boolean | undefined;
}

/** Where pods run. */
export interface Cluster {
  readonly specVersion: 1;
  readonly description: ClusterDescription;
  /** The objects `launch` would create, in order; secret values are replaced where `isRedacted`. Pure. */
  manifests(launch: PodLaunch, options: { readonly isRedacted: boolean }): readonly Manifest[];
  /** Preflight: is the server there, may I create what I need. All problems together; empty when all is well. */
  check(needs: ClusterNeeds, run: RunContext): Promise<readonly Problem[]>;
  /** Whether pods may be launched before all values of their secret are known; asked after `check`. */
  canLaunchAhead(namespace: string | undefined): boolean;
  /**
   * Creates the objects. When it throws or the signal aborts, nothing it created stays (a create whose answer was lost included).
   *
   * @throws KanikitError `cluster-unreachable`, `cluster-denied`, `pod-refused`, and `quota-exceeded`, which is retryable where the pod fits
   * once others have ended
   */
  launch(launch: PodLaunch, run: RunContext): Promise<ClusterPod>;
  /**
   * Resolves when what `launch` refused with a retryable `quota-exceeded` may fit by now: true where the cluster has said so, false where it
   * can't tell, at once. Any number of builds may wait; they share what is asked of the cluster. Absent: it can never tell.
   */
  whenRoom?(refusal: KanikitError, run: RunContext): Promise<boolean>;
  /** Everything about the cluster that builds depend on, looked at side by side; never throws for what it finds. Absent: the doctor goes by `check`. */
  examine?(asked: ClusterExamination, run: RunContext): Promise<readonly Finding[]>;
  /** Builds of other clients; undefined where the driver knows only its own. */
  readonly builds?: ClusterBuilds | undefined;
  /** Ends watches and connections. */
  close(): Promise<void>;
}
