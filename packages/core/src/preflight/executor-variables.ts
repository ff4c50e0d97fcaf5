import type { PodVariable } from '@kanikit/kaniko';
import type { Manifest } from '@kanikit/spec';

/** The variables of the containers that run the executor image, templates and patches included, as the cluster will be given them. */
export function executorVariables(manifests: readonly Manifest[], image: string): readonly PodVariable[] {
  const variables = manifests
    .flatMap((manifest) => containersOf(manifest))
    .filter((container) => container['image'] === image)
    .flatMap((container) => itemsOf(container['env']))
    .map(({ name, value, valueFrom }) => ({
      name: textOf(name),
      value: valueFrom === undefined || valueFrom === null ? textOf(value) : undefined,
    }));
  // Of several variables of one name the last counts.
  return [...new Map(variables.map((variable) => [variable.name, variable])).values()];
}

type Fields = Readonly<Record<string, unknown>>;

/** The containers of a pod, or of what makes pods. */
function containersOf(manifest: Manifest): readonly Fields[] {
  const spec = fieldsOf(manifest['spec']);
  const inner = fieldsOf(fieldsOf(spec['template'])['spec']);
  return [...itemsOf(spec['containers']), ...itemsOf(inner['containers'])];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
