import type { EnvSource, EnvValue, KubernetesObject } from '@kanikit/spec';

/** One variable as the API has it. */
export function envEntry(name: string, value: EnvValue): KubernetesObject {
  if (typeof value === 'string') return { name, value };
  if ('valueFrom' in value) return { name, valueFrom: value.valueFrom };
  const optional = optionalField(value.isOptional);
  if ('secret' in value)
    return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key, ...optional } } };
  return { name, valueFrom: { configMapKeyRef: { name: value.configMap, key: value.key, ...optional } } };
}

/** A secret or config map as a source of variables, as the API has it. */
export function envFromEntry({ secret, configMap, prefix, isOptional }: EnvSource): KubernetesObject {
  const optional = optionalField(isOptional);
  return {
    ...(prefix === undefined || prefix === '' ? {} : { prefix }),
    ...(secret === undefined
      ? { configMapRef: { name: configMap, ...optional } }
      : { secretRef: { name: secret, ...optional } }),
  };
}

function optionalField(isOptional: boolean | undefined): { readonly optional?: true } {
  return isOptional === true ? { optional: true } : {};
}
