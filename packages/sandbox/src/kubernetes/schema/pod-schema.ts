import { affinity, topologySpreadConstraint } from './affinity-schema.ts';
import { typeMeta } from './metadata-schema.ts';
import { fields, list, map, type Schema, struct } from './schema.ts';

const keyReference = (name: string): Schema =>
  struct(name, { name: 'string', key: 'string', optional: 'boolean' });

const fieldSelector = struct('ObjectFieldSelector', fields('string', ['apiVersion', 'fieldPath']));
const resourceSelector = struct('ResourceFieldSelector', {
  ...fields('string', ['containerName', 'resource']),
  divisor: 'quantity',
});

const envVar = struct('EnvVar', {
  name: 'string',
  value: 'string',
  valueFrom: struct('EnvVarSource', {
    fieldRef: fieldSelector,
    resourceFieldRef: resourceSelector,
    configMapKeyRef: keyReference('ConfigMapKeySelector'),
    secretKeyRef: keyReference('SecretKeySelector'),
    fileKeyRef: 'any',
  }),
});

const optionalReference = (name: string): Schema => struct(name, { name: 'string', optional: 'boolean' });

const envFrom = struct('EnvFromSource', {
  prefix: 'string',
  configMapRef: optionalReference('ConfigMapEnvSource'),
  secretRef: optionalReference('SecretEnvSource'),
});

const resources = struct('ResourceRequirements', {
  limits: map('quantity'),
  requests: map('quantity'),
  claims: 'any',
});

const volumeMount = struct('VolumeMount', {
  ...fields('string', [
    'name',
    'mountPath',
    'subPath',
    'subPathExpr',
    'mountPropagation',
    'recursiveReadOnly',
  ]),
  readOnly: 'boolean',
});

const capabilities = struct('Capabilities', fields(list('string'), ['add', 'drop']));

const profileFields = fields('string', ['type', 'localhostProfile']);
const profiles = {
  seccompProfile: struct('SeccompProfile', profileFields),
  appArmorProfile: struct('AppArmorProfile', profileFields),
};

const securityContext = struct('SecurityContext', {
  capabilities,
  ...fields('boolean', ['privileged', 'runAsNonRoot', 'readOnlyRootFilesystem', 'allowPrivilegeEscalation']),
  ...fields('integer', ['runAsUser', 'runAsGroup']),
  procMount: 'string',
  ...profiles,
  ...fields('any', ['seLinuxOptions', 'windowsOptions']),
});

const container = struct('Container', {
  ...fields('string', [
    'name',
    'image',
    'workingDir',
    'terminationMessagePath',
    'terminationMessagePolicy',
    'imagePullPolicy',
    'restartPolicy',
  ]),
  ...fields(list('string'), ['command', 'args']),
  ...fields('boolean', ['stdin', 'stdinOnce', 'tty']),
  ports: list(
    struct('ContainerPort', {
      ...fields('string', ['name', 'protocol', 'hostIP']),
      ...fields('integer', ['containerPort', 'hostPort']),
    }),
  ),
  envFrom: list(envFrom),
  env: list(envVar),
  resources,
  volumeMounts: list(volumeMount),
  volumeDevices: list('any'),
  securityContext,
  ...fields('any', ['resizePolicy', 'restartPolicyRules', 'livenessProbe', 'readinessProbe', 'startupProbe']),
  lifecycle: 'any',
});

const items = list(struct('KeyToPath', { key: 'string', path: 'string', mode: 'integer' }));

const downwardItems = list(
  struct('DownwardAPIVolumeFile', {
    path: 'string',
    fieldRef: fieldSelector,
    resourceFieldRef: resourceSelector,
    mode: 'integer',
  }),
);

const projection = struct('VolumeProjection', {
  secret: struct('SecretProjection', { name: 'string', items, optional: 'boolean' }),
  configMap: struct('ConfigMapProjection', { name: 'string', items, optional: 'boolean' }),
  downwardAPI: struct('DownwardAPIProjection', { items: downwardItems }),
  serviceAccountToken: struct('ServiceAccountTokenProjection', {
    ...fields('string', ['audience', 'path']),
    expirationSeconds: 'integer',
  }),
  ...fields('any', ['clusterTrustBundle', 'podCertificate']),
});

const volume = struct('Volume', {
  name: 'string',
  emptyDir: struct('EmptyDirVolumeSource', { medium: 'string', sizeLimit: 'quantity' }),
  secret: struct('SecretVolumeSource', {
    secretName: 'string',
    items,
    defaultMode: 'integer',
    optional: 'boolean',
  }),
  configMap: struct('ConfigMapVolumeSource', {
    name: 'string',
    items,
    defaultMode: 'integer',
    optional: 'boolean',
  }),
  hostPath: struct('HostPathVolumeSource', { path: 'string', type: 'string' }),
  projected: struct('ProjectedVolumeSource', { sources: list(projection), defaultMode: 'integer' }),
  downwardAPI: struct('DownwardAPIVolumeSource', { items: downwardItems, defaultMode: 'integer' }),
  persistentVolumeClaim: struct('PersistentVolumeClaimVolumeSource', {
    claimName: 'string',
    readOnly: 'boolean',
  }),
  ...fields('any', ['nfs', 'csi', 'ephemeral', 'image', 'iscsi', 'fc', 'cephfs', 'rbd']),
  ...fields('any', ['gitRepo', 'azureDisk', 'azureFile', 'awsElasticBlockStore', 'gcePersistentDisk']),
  ...fields('any', ['glusterfs', 'flexVolume', 'cinder', 'flocker', 'vsphereVolume', 'quobyte']),
  ...fields('any', ['photonPersistentDisk', 'portworxVolume', 'scaleIO', 'storageos']),
});

/** Also that of a Job's template. */
export const podSpec: Schema = struct('PodSpec', {
  ...fields('string', ['restartPolicy', 'dnsPolicy', 'serviceAccountName', 'serviceAccount', 'nodeName']),
  ...fields('string', ['hostname', 'subdomain', 'schedulerName', 'priorityClassName', 'runtimeClassName']),
  ...fields('string', ['preemptionPolicy', 'hostnameOverride']),
  ...fields('integer', ['terminationGracePeriodSeconds', 'activeDeadlineSeconds', 'priority']),
  ...fields('boolean', ['automountServiceAccountToken', 'hostNetwork', 'hostPID', 'hostIPC', 'hostUsers']),
  ...fields('boolean', ['shareProcessNamespace', 'enableServiceLinks', 'setHostnameAsFQDN']),
  containers: list(container),
  initContainers: list(container),
  ephemeralContainers: list('any'),
  volumes: list(volume),
  nodeSelector: map('string'),
  imagePullSecrets: list(struct('LocalObjectReference', { name: 'string' })),
  securityContext: struct('PodSecurityContext', {
    ...fields('integer', ['runAsUser', 'runAsGroup', 'fsGroup']),
    runAsNonRoot: 'boolean',
    supplementalGroups: list('integer'),
    ...fields('string', ['fsGroupChangePolicy', 'supplementalGroupsPolicy', 'seLinuxChangePolicy']),
    sysctls: list('any'),
    ...profiles,
    ...fields('any', ['seLinuxOptions', 'windowsOptions']),
  }),
  tolerations: list(
    struct('Toleration', {
      ...fields('string', ['key', 'operator', 'value', 'effect']),
      tolerationSeconds: 'integer',
    }),
  ),
  affinity,
  topologySpreadConstraints: list(topologySpreadConstraint),
  dnsConfig: struct('PodDNSConfig', {
    ...fields(list('string'), ['nameservers', 'searches']),
    options: list(struct('PodDNSConfigOption', fields('string', ['name', 'value']))),
  }),
  hostAliases: list(struct('HostAlias', { ip: 'string', hostnames: list('string') })),
  os: struct('PodOS', { name: 'string' }),
  ...fields('any', ['overhead', 'resources']),
  readinessGates: list('any'),
  ...fields(list('any'), ['schedulingGates', 'resourceClaims']),
});

/** core/v1 Pod. */
export const podSchema: Schema = struct('Pod', { ...typeMeta, spec: podSpec, status: 'any' });
