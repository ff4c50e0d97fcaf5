/**
 * Settings that hints name as the SDK does, in backquotes (`timeoutMs`, or `contextSubPath: app` with a value), and how a command line gives them.
 * The whole mark comes first, then the name before the colon.
 */
export const flagsOfSettings: Readonly<Record<string, string>> = {
  'access.git.certificateAuthorities': '--bucket-ca',
  'access.https.certificateAuthorities': '--bucket-ca',
  'cache.repository': '--cache-repo',
  'cluster.context': '--kube-context',
  'cluster.kubeconfig': '--kubeconfig',
  'cluster.namespace': '--namespace',
  contextDelivery: '--delivery',
  contextSubPath: '--context-sub-path',
  destinations: '-t',
  dockerfile: '--file',
  executor: '--executor',
  'executor.image': '--executor-image',
  executorArgs: 'the arguments after --',
  imageDownloadRetries: '--image-download-retry',
  imageFormat: '--image-format',
  insecureRegistries: '--insecure-registry',
  isDeep: '--deep',
  isEverywhere: '--all-namespaces',
  isFollowed: '-f',
  'minimalRole()': 'kanikit doctor --print-role',
  platform: '--platform',
  'pod.envFrom': '--env-from-secret',
  'pod.limits.cpu': '--cpu',
  'pod.limits.ephemeralStorage': '--ephemeral-storage',
  'pod.limits.memory': '--memory',
  'pod.nodeSelector': '--node-selector',
  'pod.registrySecret': '--registry-secret',
  'pod.serviceAccount': '--service-account',
  'pod.tolerations': '--toleration',
  'pod.volumes': '--volume',
  'push: false': '--no-push',
  pushRetries: '--push-retry',
  secrets: '--secret',
  store: '--bucket',
  'store.certificateAuthorities': '--bucket-ca',
  'store.podAccess': '--bucket-pod-access',
  timeoutMs: '--timeout',
};

/** A hint in the words of the command. Backquotes around anything else stay. */
export function hintInFlags(hint: string): string {
  return hint.replace(/`([^`]+)`/g, (mark, setting: string) => {
    const namespace = /^minimalRole\(\{ namespace: '(.*)' \}\)$/s.exec(setting)?.[1];
    if (namespace !== undefined) return `${flagOf('minimalRole()') ?? ''} -n ${namespace}`;
    const [name = '', value] = setting.split(/: (.*)/s);
    const flag = flagOf(name);
    return flagOf(setting) ?? (flag === undefined ? mark : `${flag} ${value ?? ''}`);
  });
}

/** A copy in which each hint is in the words of the command: of an event, a finding, a report. */
export function inFlags<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: readonly [string, unknown]) => [
      name,
      name === 'hint' && typeof inner === 'string' ? hintInFlags(inner) : copyOf(inner),
    ]),
  );
}

/** The events of a run, for displays and files of the command. */
export async function* eventsInFlags<T>(events: AsyncIterable<T>): AsyncIterable<T> {
  for await (const event of events) yield inFlags(event);
}

function flagOf(setting: string): string | undefined {
  return Object.hasOwn(flagsOfSettings, setting) ? flagsOfSettings[setting] : undefined;
}
