import { withJobDefaults } from './job.ts';
import type { ApiObject, Container, Pod, PodSpec } from './objects.ts';

/** Fills in what the API server fills in, as far as clients and the node read it. */
export function withDefaults(kind: string, object: ApiObject): ApiObject {
  switch (kind) {
    case 'Pod':
      return { ...object, spec: defaultPodSpec((object as Pod).spec ?? { containers: [] }) };
    case 'Job':
      return withJobDefaults(object, defaultPodSpec);
    case 'Secret':
      return defaultSecret(object);
    case 'Namespace':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        spec: object['spec'] ?? { finalizers: ['kubernetes'] },
      };
    default:
      return object;
  }
}

/** The quality of service class of a pod. */
export function qosClassOf(spec: PodSpec): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const isBare = all.every(({ resources }) => isEmpty(resources?.requests) && isEmpty(resources?.limits));
  if (isBare) return 'BestEffort';
  const isGuaranteed = all.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && (resources?.requests?.[name] ?? limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function defaultPodSpec(spec: PodSpec): PodSpec {
  const account = spec.serviceAccountName ?? (spec['serviceAccount'] as string | undefined) ?? 'default';
  return {
    ...spec,
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes.map(defaultVolume) }),
    containers: (spec.containers ?? []).map(defaultContainer),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: spec.initContainers.map(defaultContainer) }),
    restartPolicy: spec.restartPolicy ?? 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec['dnsPolicy'] ?? 'ClusterFirst',
    serviceAccountName: account,
    serviceAccount: account,
    securityContext: spec['securityContext'] ?? {},
    schedulerName: spec['schedulerName'] ?? 'default-scheduler',
    tolerations: withDefaultTolerations((spec['tolerations'] ?? []) as readonly Toleration[]),
    priority: spec['priority'] ?? 0,
    enableServiceLinks: spec['enableServiceLinks'] ?? true,
    preemptionPolicy: spec['preemptionPolicy'] ?? 'PreemptLowerPriority',
  };
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

/** The admission plugin DefaultTolerationSeconds: what a pod does not tolerate of a lost node by itself, it tolerates for five minutes. */
function withDefaultTolerations(given: readonly Toleration[]): readonly Toleration[] {
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (taint) =>
      !given.some(
        ({ key = '', effect = '' }) =>
          (key === taint || key === '') && (effect === 'NoExecute' || effect === ''),
      ),
  );
  return [
    ...given,
    ...added.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
  ];
}

function defaultContainer(container: Container): Container {
  const limits = container.resources?.limits;
  // A limit without a request is the request, too.
  const requests = { ...limits, ...container.resources?.requests };
  return {
    ...container,
    resources: { ...container.resources, ...(isEmpty(requests) ? {} : { requests }) },
    terminationMessagePath: container['terminationMessagePath'] ?? '/dev/termination-log',
    terminationMessagePolicy: container['terminationMessagePolicy'] ?? 'File',
    imagePullPolicy: container.imagePullPolicy ?? defaultPullPolicy(container.image ?? ''),
  };
}

function defaultPullPolicy(image: string): string {
  const [reference = '', digest] = image.split('@');
  if (digest !== undefined) return 'IfNotPresent';
  const tag = reference.slice(reference.lastIndexOf('/') + 1).split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultVolume(volume: { readonly name: string; readonly [field: string]: unknown }): {
  readonly name: string;
} {
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  if (sources.length === 0) return { ...volume, emptyDir: {} } as { readonly name: string };
  const withMode = (key: string) => ({
    ...volume,
    [key]: { defaultMode: 0o644, ...(volume[key] as object) },
  });
  const key = ['secret', 'configMap', 'projected'].find((name) => volume[name] !== undefined);
  return key === undefined ? volume : withMode(key);
}

function defaultSecret(object: ApiObject): ApiObject {
  const { stringData, ...secret } = object as ApiObject & { stringData?: Record<string, string> };
  const encoded = Object.entries(stringData ?? {}).map(([key, value]) => [
    key,
    Buffer.from(value).toString('base64'),
  ]);
  const data = { ...(secret['data'] as object | undefined), ...Object.fromEntries(encoded) };
  return {
    ...secret,
    ...(isEmpty(data) ? {} : { data }),
    type: secret['type'] ?? 'Opaque',
  } as ApiObject;
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0;
}
