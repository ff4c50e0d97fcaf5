import { isKept } from './capabilities.ts';

/**
 * What the node does with a field of a pod: it keeps to it, it can do without it (nothing that a build could notice depends on it here), or it
 * refuses a pod that has it.
 */
export type FieldVerdict = 'honoured' | 'harmless' | FieldRefusal;

export interface FieldRefusal {
  /** Why, after `Pod was rejected: `. */
  readonly refused: string;
  /** The values that are refused. @default all but null, false, 0, and empty ones */
  readonly when?: (value: unknown) => boolean;
}

export interface FieldTable {
  readonly [field: string]: FieldVerdict | FieldTable;
}

const refused = (why: string, when?: (value: unknown) => boolean): FieldRefusal => ({
  refused: `the sandbox ${why}`,
  ...(when && { when }),
});
const all = (verdict: FieldVerdict, names: readonly string[]): Record<string, FieldVerdict> =>
  Object.fromEntries(names.map((name) => [name, verdict]));
const isOther =
  (...known: readonly unknown[]) =>
  (value: unknown): boolean =>
    !known.includes(value);

const profile: FieldTable = {
  type: refused('has no profiles of its own', isOther('RuntimeDefault', 'Unconfined')),
  localhostProfile: 'harmless',
};

const ofBothSecurityContexts: FieldTable = {
  ...all('honoured', ['runAsUser', 'runAsGroup', 'runAsNonRoot']),
  // As a kubelet of a machine without SELinux, that is no Windows and has no AppArmor.
  ...all('harmless', ['seLinuxOptions', 'windowsOptions']),
  seccompProfile: profile,
  appArmorProfile: profile,
};

const keyReference: FieldTable = all('honoured', ['name', 'key', 'optional']);
const fieldReference: FieldTable = { apiVersion: 'harmless', fieldPath: 'honoured' };
const resourceReference: FieldTable = all('honoured', ['containerName', 'resource', 'divisor']);

const container: FieldTable = {
  ...all('honoured', ['name', 'image', 'command', 'args', 'workingDir']),
  ...all('honoured', ['terminationMessagePath', 'terminationMessagePolicy', 'stdin', 'stdinOnce']),
  // Pods share the machine's network: what listens is reached as it is.
  ports: 'harmless',
  envFrom: {
    prefix: 'honoured',
    configMapRef: all('honoured', ['name', 'optional']),
    secretRef: all('honoured', ['name', 'optional']),
  },
  env: {
    ...all('honoured', ['name', 'value']),
    valueFrom: {
      fieldRef: fieldReference,
      resourceFieldRef: resourceReference,
      configMapKeyRef: keyReference,
      secretKeyRef: keyReference,
      fileKeyRef: refused('reads no variables from files'),
    },
  },
  resources: { limits: 'honoured', requests: 'honoured', claims: refused('has no claims of devices') },
  volumeMounts: {
    ...all('honoured', ['name', 'mountPath', 'subPath', 'subPathExpr', 'readOnly']),
    // The volumes of a pod here hold no mounts that could be seen, or not.
    mountPropagation: refused('spreads no mounts', isOther('None', 'HostToContainer')),
    recursiveReadOnly: refused(
      'makes no mount read-only with all that is mounted in it',
      isOther('Disabled', 'IfPossible'),
    ),
  },
  volumeDevices: refused('has no block devices'),
  ...all(refused('runs no probes'), ['livenessProbe', 'readinessProbe', 'startupProbe']),
  lifecycle: refused('runs no lifecycle hooks'),
  tty: refused('offers no terminal'),
  ...all('harmless', ['imagePullPolicy', 'resizePolicy']),
  ...all(refused('restarts no containers'), ['restartPolicy', 'restartPolicyRules']),
  securityContext: {
    ...ofBothSecurityContexts,
    capabilities: {
      drop: 'honoured',
      add: refused('gives no such capability', (name) => !isKept(String(name))),
    },
    privileged: refused('runs no privileged containers'),
    ...all('honoured', ['readOnlyRootFilesystem', 'allowPrivilegeEscalation']),
    procMount: refused('hides parts of /proc', isOther('Default')),
  },
};

const items: FieldTable = all('honoured', ['key', 'path', 'mode']);
const downwardItems: FieldTable = {
  ...all('honoured', ['path', 'mode']),
  fieldRef: fieldReference,
  resourceFieldRef: resourceReference,
};
const notMounted = [
  'hostPath',
  'persistentVolumeClaim',
  'nfs',
  'csi',
  'ephemeral',
  'image',
  'iscsi',
  'fc',
  'cephfs',
  'rbd',
  'gitRepo',
  'azureDisk',
  'azureFile',
  'awsElasticBlockStore',
  'gcePersistentDisk',
  'glusterfs',
  'flexVolume',
  'cinder',
  'flocker',
  'vsphereVolume',
  'quobyte',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

const volume: FieldTable = {
  name: 'honoured',
  emptyDir: {
    medium: refused('has no volumes in huge pages', isOther('', 'Memory')),
    sizeLimit: 'honoured',
  },
  secret: { ...all('honoured', ['secretName', 'defaultMode', 'optional']), items },
  configMap: { ...all('honoured', ['name', 'defaultMode', 'optional']), items },
  downwardAPI: { defaultMode: 'honoured', items: downwardItems },
  projected: {
    defaultMode: 'honoured',
    sources: {
      secret: { ...all('honoured', ['name', 'optional']), items },
      configMap: { ...all('honoured', ['name', 'optional']), items },
      downwardAPI: { items: downwardItems },
      // A token that is good for nothing, at its place.
      serviceAccountToken: { path: 'honoured', ...all('harmless', ['audience', 'expirationSeconds']) },
      ...all(refused('issues no certificates to pods'), ['clusterTrustBundle', 'podCertificate']),
    },
  },
  ...Object.fromEntries(
    notMounted.map((kind) => [kind, refused('does not mount volumes of this kind', () => true)]),
  ),
};

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const podTerm: FieldTable = {
  ...all('honoured', ['labelSelector', 'namespaces', 'topologyKey']),
  namespaceSelector: refused('selects no namespaces by label', () => true),
  ...all(refused('compares no labels of pods'), ['matchLabelKeys', 'mismatchLabelKeys']),
};

/** Every field of a pod's spec that Kubernetes 1.34 has. */
export const podFields: FieldTable = {
  containers: container,
  initContainers: refused('runs pods of one container, without init containers'),
  ephemeralContainers: refused('runs pods of one container'),
  volumes: volume,
  ...all('honoured', ['terminationGracePeriodSeconds', 'activeDeadlineSeconds', 'nodeSelector']),
  ...all('honoured', ['hostname', 'hostAliases', 'dnsPolicy', 'dnsConfig', 'schedulerName', 'nodeName']),
  ...all('honoured', ['serviceAccountName', 'serviceAccount']),
  affinity: {
    // Preferences decide between nodes, and there is one.
    nodeAffinity: { [required]: 'honoured', [preferred]: 'harmless' },
    podAffinity: { [required]: podTerm, [preferred]: 'harmless' },
    podAntiAffinity: { [required]: podTerm, [preferred]: 'harmless' },
  },
  topologySpreadConstraints: {
    ...all('honoured', ['topologyKey', 'whenUnsatisfiable']),
    // On one node no skew can be too large.
    ...all('harmless', [
      'maxSkew',
      'labelSelector',
      'nodeAffinityPolicy',
      'nodeTaintsPolicy',
      'matchLabelKeys',
    ]),
    minDomains: refused('has one node', (value) => Number(value) > 1),
  },
  // Names of classes: the API knows none.
  ...all('honoured', ['priorityClassName', 'runtimeClassName']),
  // One node without taints, one container, no services, no names in a name server, the executor pulled by this machine.
  ...all('harmless', ['tolerations', 'priority', 'preemptionPolicy', 'shareProcessNamespace', 'subdomain']),
  ...all('harmless', ['enableServiceLinks', 'imagePullSecrets', 'hostNetwork']),
  // There is no token that could be mounted.
  automountServiceAccountToken: 'harmless',
  restartPolicy: refused('restarts no containers', isOther('Never')),
  ...all(refused('shares no processes or IPC of the machine'), ['hostPID', 'hostIPC']),
  hostUsers: refused('shares its user ids with pods', (value) => value === false),
  setHostnameAsFQDN: refused('gives pods no full host name'),
  hostnameOverride: refused('gives pods no other host name'),
  readinessGates: refused('has no readiness gates'),
  schedulingGates: refused('has no scheduling gates'),
  resourceClaims: refused('has no claims of devices'),
  overhead: refused('has no overhead of pods'),
  resources: refused('limits containers, not pods'),
  os: { name: refused('runs Linux', isOther('linux')) },
  securityContext: {
    ...ofBothSecurityContexts,
    // No group of the image has members.
    supplementalGroupsPolicy: 'harmless',
    supplementalGroups: 'honoured',
    fsGroup: refused('gives volumes no group of their own', isOther(0)),
    // These say how `fsGroup` and SELinux labels are set.
    ...all('harmless', ['fsGroupChangePolicy', 'seLinuxChangePolicy']),
    sysctls: refused('sets no sysctls'),
  },
};
