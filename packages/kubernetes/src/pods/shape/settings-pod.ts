import type { KubernetesObject, PodLaunch, ResourceAmounts } from '@kanikit/spec';
import { executorContainer } from '../../api/watch/pod-object.ts';
import type { Mounts } from '../layout/mounts.ts';
import type { SecretLayout } from '../layout/secret-layout.ts';
import { envEntry, envFromEntry } from './env-entries.ts';

/** What a launch says of its pod, as a strategic merge patch of what its template says. */
export function settingsPod(
  launch: PodLaunch,
  metadata: KubernetesObject,
  own: { readonly layout: SecretLayout; readonly mounts: Mounts },
): KubernetesObject {
  const { volumes, volumeMounts } = own.mounts;
  return {
    metadata,
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: launch.deadlineSeconds,
      ...podFields(launch),
      containers: [
        {
          name: executorContainer,
          image: launch.image,
          args: launch.args,
          ...unlessEmpty('env', envEntries(launch, own.layout).map(whole)),
          ...unlessEmpty('envFrom', (launch.envFrom ?? []).map(envFromEntry)),
          ...unlessEmpty('resources', {
            ...unlessEmpty('requests', amounts(launch.requests)),
            ...unlessEmpty('limits', amounts(launch.limits)),
          }),
          ...(launch.isStdinUsed ? { stdin: true, stdinOnce: true } : {}),
          ...given('imagePullPolicy', launch.imagePullPolicy),
          ...unlessEmpty('volumeMounts', [...volumeMounts, ...(launch.volumeMounts ?? [])].map(whole)),
        },
      ],
      ...unlessEmpty('volumes', [...volumes, ...(launch.volumes ?? [])].map(whole)),
    },
  };
}

/** Variables of the build's own secret, as the API has them. */
export function secretEnvEntries(launch: PodLaunch, layout: SecretLayout): readonly KubernetesObject[] {
  return [...layout.variables, ...layout.lateVariables].map(({ variable, key }) =>
    envEntry(variable, { secret: launch.name, key }),
  );
}

function envEntries(launch: PodLaunch, layout: SecretLayout): readonly KubernetesObject[] {
  return [
    ...Object.entries(launch.env).map(([name, value]) => envEntry(name, value)),
    ...secretEnvEntries(launch, layout),
  ];
}

function podFields(launch: PodLaunch): KubernetesObject {
  return {
    ...given('serviceAccountName', launch.serviceAccount),
    ...given('automountServiceAccountToken', launch.mountServiceAccountToken),
    ...unlessEmpty('nodeSelector', launch.nodeSelector),
    ...given('tolerations', launch.tolerations),
    ...given('affinity', launch.affinity),
    ...unlessEmpty('topologySpreadConstraints', launch.topologySpreadConstraints ?? []),
    ...given('priorityClassName', launch.priorityClass),
    ...given('runtimeClassName', launch.runtimeClass),
    ...given('schedulerName', launch.schedulerName),
    ...unlessEmpty(
      'imagePullSecrets',
      (launch.imagePullSecrets ?? []).map((name) => ({ name })),
    ),
    ...given('hostAliases', launch.hostAliases),
    ...given('dnsPolicy', launch.dnsPolicy),
    ...given('dnsConfig', launch.dnsConfig),
    ...given('hostUsers', launch.hostUsers),
  };
}

function amounts(resources: ResourceAmounts | undefined): Readonly<Record<string, string>> {
  return {
    ...(resources?.cpu === undefined ? {} : { cpu: resources.cpu }),
    ...(resources?.memory === undefined ? {} : { memory: resources.memory }),
    ...(resources?.ephemeralStorage === undefined ? {} : { 'ephemeral-storage': resources.ephemeralStorage }),
  };
}

/** An item that takes the place of the template's with the same key, where merging would leave it with two sources. */
function whole(item: KubernetesObject): KubernetesObject {
  return { ...item, $retainKeys: Object.keys(item) };
}

function given(field: string, value: unknown): KubernetesObject {
  return value === undefined ? {} : { [field]: value };
}

function unlessEmpty(field: string, value: object): KubernetesObject {
  return Object.keys(value).length === 0 ? {} : { [field]: value };
}
