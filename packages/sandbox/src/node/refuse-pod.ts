import { type FieldRefusal, type FieldTable, type FieldVerdict, podFields } from './pod-fields.ts';
import type { PodSpec } from './pod-spec.ts';

/** Why this node cannot run a pod at all, for the pod's status; undefined when it can. A real kubelet rejects at admission like this. */
export function refusePod(spec: PodSpec): string | undefined {
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0)
    return 'the sandbox runs pods of one container, without init containers';
  const refusal = findRefusal(podFields, spec, 'spec');
  if (refusal !== undefined) return refusal;
  const security = { ...spec.securityContext, ...container.securityContext };
  if (security.runAsNonRoot && !security.runAsUser) return 'the executor image runs as root (runAsNonRoot)';
  return undefined;
}

function findRefusal(rule: FieldVerdict | FieldTable, value: unknown, path: string): string | undefined {
  if (typeof rule === 'string' || value === undefined) return undefined;
  if (isRefusal(rule)) return refusalOf(rule, value, path);
  if (Array.isArray(value))
    return firstOf(value.map((item, index) => findRefusal(rule, item, `${path}[${index}]`)));
  if (typeof value !== 'object' || value === null) return undefined;
  return firstOf(
    Object.entries(value).map(([name, item]) => {
      const own = Object.hasOwn(rule, name) ? rule[name] : undefined;
      return own === undefined ? undefined : findRefusal(own, item, `${path}.${name}`);
    }),
  );
}

/** Of a list each item is looked at, where the refusal is for some values. */
function refusalOf({ refused, when }: FieldRefusal, value: unknown, path: string): string | undefined {
  const values = Array.isArray(value) && when !== undefined ? value : [value];
  return values.some(when ?? isSet) ? `${refused} (${path})` : undefined;
}

function isRefusal(rule: FieldRefusal | FieldTable): rule is FieldRefusal {
  return typeof rule['refused'] === 'string';
}

function isSet(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.keys(value).length > 0;
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((text) => text !== undefined);
}
