import type { Manifest, PodLaunch, ResourceAmounts } from '@kanikit/spec';
import { executorContainer } from '../watch/pod-object.ts';
import { planMounts } from './mounts.ts';
import { objectMetadata } from './object-metadata.ts';
import { layOutSecret } from './secret-layout.ts';

/** The pod of a launch. Pure. */
export function podManifest(launch: PodLaunch, namespace: string, clientId: string): Manifest {
  const layout = layOutSecret(launch);
  const { volumes, volumeMounts } = planMounts(launch, layout, launch.name);
  const env = [
    ...Object.entries(launch.env).map(([name, value]) => ({ name, value })),
    ...[...layout.variables, ...layout.lateVariables].map(({ variable, key }) => ({
      name: variable,
      valueFrom: { secretKeyRef: { name: launch.name, key } },
    })),
    ...Object.entries(launch.envFromSecrets ?? {}).map(([name, { secret, key, isOptional }]) => ({
      name,
      valueFrom: {
        secretKeyRef: { name: secret, key, ...(isOptional === true ? { optional: true } : {}) },
      },
    })),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: objectMetadata(launch, namespace, clientId),
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: launch.deadlineSeconds,
      ...(launch.serviceAccount === undefined
        ? { automountServiceAccountToken: false }
        : { serviceAccountName: launch.serviceAccount }),
      // The executor's environment reaches every `RUN`: the addresses of unrelated services have no place there.
      enableServiceLinks: false,
      ...unlessEmpty('nodeSelector', launch.nodeSelector),
      ...unlessEmpty(
        'imagePullSecrets',
        launch.imagePullSecrets.map((name) => ({ name })),
      ),
      containers: [
        {
          name: executorContainer,
          image: launch.image,
          args: launch.args,
          ...unlessEmpty('env', env),
          ...unlessEmpty('resources', {
            ...unlessEmpty('requests', amounts(launch.requests)),
            ...unlessEmpty('limits', amounts(launch.limits)),
          }),
          ...(launch.isStdinUsed ? { stdin: true, stdinOnce: true } : {}),
          terminationMessagePolicy: 'FallbackToLogsOnError',
          // Unpacking an image means to own its files as they say: root, with the runtime's usual capabilities and no more.
          securityContext: { runAsUser: 0, allowPrivilegeEscalation: false },
          ...unlessEmpty('volumeMounts', volumeMounts),
        },
      ],
      ...unlessEmpty('volumes', volumes),
    },
  };
}

function amounts(resources: ResourceAmounts | undefined): Readonly<Record<string, string>> {
  return {
    ...(resources?.cpu === undefined ? {} : { cpu: resources.cpu }),
    ...(resources?.memory === undefined ? {} : { memory: resources.memory }),
    ...(resources?.ephemeralStorage === undefined ? {} : { 'ephemeral-storage': resources.ephemeralStorage }),
  };
}

function unlessEmpty(field: string, value: object): Readonly<Record<string, unknown>> {
  return Object.keys(value).length === 0 ? {} : { [field]: value };
}
