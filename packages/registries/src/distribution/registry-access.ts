import type { RegistryCredential } from '@kanikit/spec';

/** Who asks a registry, and how. */
export interface RegistryAccess {
  readonly credential: RegistryCredential | undefined;
  /** True falls back to plain http. */
  readonly isInsecure: boolean;
  readonly signal: AbortSignal;
}
