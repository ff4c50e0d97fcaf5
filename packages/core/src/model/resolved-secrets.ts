import type { ExistingSecretFile, SecretFile } from '@kanikit/spec';

/** Build secrets where the executor finds them. */
export interface ResolvedSecrets {
  /** What the executor is told. */
  readonly mounts: readonly { readonly id: string; readonly path: string }[];
  readonly files: readonly SecretFile[];
  readonly existing: readonly ExistingSecretFile[];
}
