import type { ResourceAmounts } from './pod-shape.ts';
import type { RunContext } from './run-context.ts';

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
