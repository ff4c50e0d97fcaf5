import type { KubernetesObject } from '@kanikit/spec';
import { isObject } from './pod-fields.ts';

const quantityPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[EPTGMK]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** What is wrong with an amount of a resource; undefined when nothing is. */
export function quantityProblem(amount: unknown): string | undefined {
  if ((typeof amount === 'string' || typeof amount === 'number') && quantityPattern.test(String(amount)))
    return undefined;
  return `is ${JSON.stringify(amount)}, which is no amount: write 500m, 2 or 4Gi`;
}

export function volumeProblem(volume: KubernetesObject): string | undefined {
  if (typeof volume['name'] !== 'string' || volume['name'] === '') return 'has no name';
  const sources = Object.keys(volume).filter((key) => key !== 'name');
  if (sources.length > 1) return `has several sources: ${sources.join(', ')}`;
  const [source] = sources;
  if (source === undefined)
    return 'has no source, such as secret, configMap, emptyDir or persistentVolumeClaim';
  return isObject(volume[source]) ? undefined : `has a source that is no object: ${source}`;
}

export function mountProblem(mount: KubernetesObject, volumes: ReadonlySet<string>): string | undefined {
  const { name, mountPath } = mount;
  if (typeof mountPath !== 'string' || !mountPath.startsWith('/')) return 'needs mountPath, an absolute path';
  if (typeof name !== 'string' || !volumes.has(name))
    return `is of the volume ${String(name)}, which is not there`;
  return undefined;
}

const valueSources = new Set([
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
  'fileKeyRef',
]);

export function envProblem({ name, value, valueFrom }: KubernetesObject): string | undefined {
  if (typeof name !== 'string' || name === '' || name.includes('=')) return 'is no name of a variable';
  if (valueFrom === undefined) {
    if (value === undefined || typeof value === 'string') return undefined;
    return 'has a value that is no text: put it in quotes';
  }
  if (value !== undefined && value !== '') return 'has both a value and a valueFrom';
  const sources = isObject(valueFrom) ? Object.keys(valueFrom) : [];
  const [source] = sources;
  if (sources.length === 1 && source !== undefined && valueSources.has(source)) return undefined;
  return `takes its value from ${sources.join(', ') || 'nothing'}: name one of ${[...valueSources].join(', ')}`;
}
