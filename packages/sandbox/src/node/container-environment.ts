import { KanikitError } from '@kanikit/spec';
import type { KubernetesObject, ObjectReader } from './pod-runtime.ts';
import type { ContainerSpec, EnvSource, EnvVar, KeyRef, PodSpec } from './pod-spec.ts';
import { readResource } from './resource-field.ts';

/** What a container's environment is made of besides its own list. */
export interface EnvironmentInput {
  readonly pod: KubernetesObject;
  readonly container: ContainerSpec;
  readonly imageEnv: Readonly<Record<string, string>>;
  readonly objects: ObjectReader;
  readonly podIp: string;
}

/** The environment in the order image, `envFrom`, `env`. Throws `container-config` in the kubelet's words when something referred to is missing. */
export function containerEnvironment(input: EnvironmentInput): Map<string, string> {
  const env = new Map(Object.entries(input.imageEnv));
  for (const source of input.container.envFrom ?? []) {
    for (const [name, value] of readSource(source, input)) env.set(name, value);
  }
  for (const variable of input.container.env ?? []) {
    const value = readVariable(variable, input, env);
    if (value !== undefined) env.set(variable.name, value);
  }
  return env;
}

/** Kubernetes' `$(NAME)` syntax: unknown names stay as they are, `$$` is one `$`. */
export function expandVariables(text: string, env: ReadonlyMap<string, string>): string {
  // Behind the last `)` no name can end, so it is not looked for there.
  const end = text.lastIndexOf(')') + 1;
  const expanded = text
    .slice(0, end)
    .replaceAll(/\$(?:\$|\(([^)]*)(?:\)|$))/g, (match, name: string | undefined) =>
      name === undefined ? '$' : (env.get(name) ?? match),
    );
  return expanded + text.slice(end).replaceAll('$$', '$');
}

function readVariable(
  variable: EnvVar,
  input: EnvironmentInput,
  env: ReadonlyMap<string, string>,
): string | undefined {
  const from = variable.valueFrom;
  if (from === undefined) return expandVariables(variable.value ?? '', env);
  if (from.secretKeyRef) return readKey('secrets', from.secretKeyRef, input);
  if (from.configMapKeyRef) return readKey('configmaps', from.configMapKeyRef, input);
  if (from.fieldRef) return readField(from.fieldRef.fieldPath, input.pod, input.podIp);
  if (from.resourceFieldRef)
    return readResource(from.resourceFieldRef, input.pod['spec'] as PodSpec, input.container);
  throw configError(`the sandbox does not know the source of the variable ${variable.name}`);
}

function readKey(
  kind: 'secrets' | 'configmaps',
  ref: KeyRef,
  { pod, objects }: EnvironmentInput,
): string | undefined {
  const namespace = pod.metadata.namespace ?? 'default';
  const object = objects.read(kind, namespace, ref.name);
  const isSecret = kind === 'secrets';
  if (object === undefined) {
    if (ref.optional) return undefined;
    throw configError(`${isSecret ? 'secret' : 'configmap'} "${ref.name}" not found`);
  }
  const value = objectData(kind, object).get(ref.key);
  if (value === undefined && !ref.optional) {
    throw configError(
      `couldn't find key ${ref.key} in ${isSecret ? 'Secret' : 'ConfigMap'} ${namespace}/${ref.name}`,
    );
  }
  return value?.toString();
}

function readSource(source: EnvSource, { pod, objects }: EnvironmentInput): Map<string, string> {
  const found = new Map<string, string>();
  const ref = source.secretRef ?? source.configMapRef;
  if (ref === undefined) return found;
  const kind = source.secretRef ? 'secrets' : 'configmaps';
  const object = objects.read(kind, pod.metadata.namespace ?? 'default', ref.name);
  if (object === undefined) {
    if (ref.optional) return found;
    throw configError(`${source.secretRef ? 'secret' : 'configmap'} "${ref.name}" not found`);
  }
  for (const [key, value] of objectData(kind, object)) {
    found.set(`${source.prefix ?? ''}${key}`, value.toString());
  }
  return found;
}

/** The files of a secret or config map, by key. */
export function objectData(
  kind: 'secrets' | 'configmaps',
  object: KubernetesObject,
): ReadonlyMap<string, Buffer> {
  const field = (name: string): [string, string][] =>
    Object.entries((object[name] as Record<string, string> | null | undefined) ?? {});
  const data = new Map<string, Buffer>();
  const encoded = kind === 'secrets' ? field('data') : field('binaryData');
  for (const [key, value] of encoded) data.set(key, Buffer.from(value, 'base64'));
  for (const [key, value] of kind === 'secrets' ? field('stringData') : field('data')) {
    data.set(key, Buffer.from(value));
  }
  return data;
}

/** The downward API's fields that a build pod may ask for. */
export function readField(path: string, pod: KubernetesObject, podIp: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed?.[1] !== undefined && keyed[2] !== undefined) {
    const entries = pod.metadata[keyed[1]] as Record<string, string> | undefined;
    return entries?.[keyed[2]] ?? '';
  }
  const spec = pod['spec'] as Record<string, string | undefined>;
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace ?? 'default',
    'metadata.uid': pod.metadata.uid ?? '',
    'spec.nodeName': spec['nodeName'] ?? '',
    'spec.serviceAccountName': spec['serviceAccountName'] ?? 'default',
    'status.podIP': podIp,
    'status.podIPs': podIp,
    'status.hostIP': podIp,
    'status.hostIPs': podIp,
  };
  const value = fields[path];
  if (value === undefined) throw configError(`unsupported fieldPath: ${path}`);
  return value;
}

function configError(message: string): KanikitError {
  return new KanikitError({ code: 'container-config', message });
}
