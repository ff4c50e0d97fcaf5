import type { KanikitError } from './errors.ts';
import type { ClusterBuilds } from './cluster-builds.ts';
import type { ClusterExamination, Finding } from './finding.ts';
import type { ClusterPod } from './cluster-pod.ts';
import type { PodLaunch } from './pod-launch.ts';
import type { Problem } from './problem.ts';
import type { RunContext } from './run-context.ts';

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
