import type { RunContext } from './run-context.ts';

/** A way in to one registry. */
export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string }
  | { readonly kind: 'registry-token'; readonly token: string };

/** A credential and where it comes from, for people: `docker-credential-ecr-login, named in ~/.docker/config.json`. */
export interface FoundCredential {
  readonly credential: RegistryCredential;
  readonly origin: string;
}

/** Finds credentials on the client: docker's `config.json`, its helpers and stores, podman's `auth.json`. */
export interface CredentialSource {
  readonly specVersion: 1;
  /**
   * The credential for a registry host (`index.docker.io` for Docker Hub), or undefined for anonymous access.
   *
   * @throws KanikitError `credential-helper-failed`, `docker-config-invalid`; messages never hold the secret
   */
  resolve(registry: string, run: RunContext): Promise<RegistryCredential | undefined>;
  /** Like `resolve`, with the place, which `kanikit doctor` tells. */
  locate?(registry: string, run: RunContext): Promise<FoundCredential | undefined>;
}
