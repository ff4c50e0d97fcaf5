// The seam between the Kubernetes API of the sandbox (which stores objects and answers HTTP) and its node (which runs
// pods as Linux processes). The API side calls these; the node side implements them. Scripted pods implement them too.

/** A Kubernetes object as plain JSON; only what the sandbox reads is typed. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** What the node reads from the cluster while it starts a pod (secrets, config maps). */
export interface ObjectReader {
  read(
    kind: 'secrets' | 'configmaps' | 'serviceaccounts',
    namespace: string,
    name: string,
  ): KubernetesObject | undefined;
}

/** What the node tells the cluster about a pod. */
export interface PodReporter {
  /** Replaces `status` of the pod (phase, conditions, containerStatuses, startTime, …) as a kubelet would. */
  status(status: Readonly<Record<string, unknown>>): void;
  /** Records an event for the pod, e.g. reason `Pulled`, `Started`, `BackOff`, `FailedMount`. */
  event(event: {
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
  }): void;
}

/** Query parameters of `GET …/pods/NAME/log` that the sandbox honours. */
export interface LogOptions {
  readonly container?: string;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly sinceTime?: string;
  readonly sinceSeconds?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
}

export interface AttachStreams {
  /** The container's stdin; undefined when the pod did not ask for one. `end()` is EOF where `stdinOnce` is set. */
  readonly stdin: NodeJS.WritableStream | undefined;
  /** Live output from now on; ends when the container ends. */
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }>;
}

/** A pod that the node has accepted. */
export interface NodePod {
  logs(options: LogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
  attach(container: string | undefined): AttachStreams;
  /** The pod's object changed: what waits to be tried again is tried now, as a kubelet does. */
  changed?(): void;
  /** SIGTERM, then SIGKILL after the grace period; resolves when every process is gone and mounts are removed. */
  stop(graceSeconds: number): Promise<void>;
  /** Removes logs and files of the pod; called when the object is gone from the cluster. */
  remove(): Promise<void>;
}

/** Runs pods. One instance per sandbox. */
export interface PodRuntime {
  /**
   * Takes over a pod that was just created (or `Pending` after a restart of the sandbox). Never throws: what goes wrong is
   * reported as pod status and events, in a kubelet's words.
   */
  start(pod: KubernetesObject, objects: ObjectReader, report: PodReporter): NodePod;
  /**
   * Called once at start-up for each stored pod that is past `Pending`. One that was `Running` when the sandbox died (also by kill -9):
   * kills what is left of it and reports it `Failed` (a real kubelet says so after a reboot). One that had already `Succeeded` or
   * `Failed`: reports nothing. Either way its logs are served again. Never throws.
   */
  recover(pod: KubernetesObject, objects: ObjectReader, report: PodReporter): NodePod;
  /** Stops every pod and releases the node's resources (mounts, cgroups, processes). */
  close(): Promise<void>;
}
