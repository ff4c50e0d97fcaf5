import type { RoleOptions } from '@kanikit/kubernetes';
import type { Manifest } from '@kanikit/spec';

/** A Role and what belongs to it. */
export interface MinimalRole {
  /** Service account, Role and RoleBinding, to create in this order. */
  readonly manifests: readonly Manifest[];
  /** The same as YAML, with the reason of every rule beside it. */
  readonly yaml: string;
}

/**
 * The least that builds need in a namespace. It is made of the list of rights that the checks ask for, and is what kanikit's own tests run
 * with.
 *
 * @example
 * const { yaml } = await minimalRole({ namespace: 'builds', without: ['job'] });
 *
 * @throws KanikitError `options-invalid`
 */
export async function minimalRole(options: RoleOptions): Promise<MinimalRole> {
  const { checkRoleOptions } = await import('./check/role-schema.ts');
  checkRoleOptions(options);
  const kubernetes = await import('@kanikit/kubernetes');
  return { manifests: kubernetes.minimalRole(options), yaml: kubernetes.renderRole(options) };
}
