import type { ApiObject } from '../objects.ts';
import type { StatusCause } from '../status-error.ts';

/** A quota that is bound to some pods only is refused: the sandbox would count all of them. */
export function quotaCauses(object: ApiObject): StatusCause[] {
  const spec = (object['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  return ['scopes', 'scopeSelector']
    .filter((field) => spec[field] !== undefined)
    .map((field) => ({
      reason: 'FieldValueForbidden',
      message: 'Forbidden: the sandbox does not play quotas for some pods only',
      field: `spec.${field}`,
    }));
}
