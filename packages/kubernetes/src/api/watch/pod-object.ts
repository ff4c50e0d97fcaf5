/** The parts of a Pod that the driver reads. */
export interface PodObject {
  readonly metadata: ObjectMetadata;
  readonly spec?: PodSpec;
  readonly status?: PodStatus;
}

/** What a pod asks for, as the cluster keeps it: what admission has put in is in it. */
export interface PodSpec {
  readonly nodeName?: string;
  readonly containers?: readonly PodContainer[];
  readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: unknown;
  readonly activeDeadlineSeconds?: number;
  readonly priorityClassName?: string;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly volumes?: readonly { readonly secret?: { readonly secretName?: string } }[];
  readonly schedulingGates?: readonly { readonly name: string }[];
}

export interface PodContainer {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string; readonly key?: string } };
  }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

/** The metadata that the driver reads, of objects of any kind. */
export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly conditions?: readonly PodCondition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly state?: ContainerState;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: TerminatedState;
}

export interface TerminatedState {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** The executor's container; sidecars that others inject have other names. */
export const executorContainer = 'kaniko';

/** What the API server takes as the name of an object; as an owner's it takes any text, which may be a path to another object. */
const objectName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** The Job that made a pod, as the pod has it; undefined for a pod of its own. Whoever makes a pod may write this: the Job has to be looked at. */
export function jobOf({ metadata }: PodObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(
    ({ kind, controller, apiVersion, name }) =>
      kind === 'Job' &&
      controller === true &&
      apiVersion?.startsWith('batch/') === true &&
      objectName.test(name),
  );
}

/** The executor's container as the pod asks for it. */
export function executorSpec(pod: PodObject): PodContainer | undefined {
  return pod.spec?.containers?.find((container) => container.name === executorContainer);
}

/** State of the executor's container; undefined before the kubelet has reported one. */
export function executorState(pod: PodObject): ContainerState | undefined {
  return pod.status?.containerStatuses?.find((status) => status.name === executorContainer)?.state;
}

/** Milliseconds since the epoch; undefined for nothing, and for the zero time that Go writes for "never". */
export function parseTime(text: string | null | undefined): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}
