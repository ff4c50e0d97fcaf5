import type { DoctorTools } from '@kanikit/core';
import {
  type CredentialSource,
  parseImageReference,
  type RegistryCredential,
  type RunContext,
} from '@kanikit/spec';
import { ownCredentials } from './docker-config-loader.ts';

/** Registries as the doctor asks them, with the credentials of builds. */
export function createDoctorTools(
  credentials: CredentialSource | false | undefined,
  env: Readonly<Record<string, string | undefined>>,
): DoctorTools {
  const locating = createLocator(credentials, env);
  const credentialFor = async (registry: string, run: RunContext): Promise<RegistryCredential | undefined> =>
    (await (await locating)(registry, run))?.credential;
  return {
    locateCredential: async (registry, run) => (await (await locating)(registry, run))?.origin,
    pingRegistry: async (registry, { isInsecure }, run) => {
      const { pingRegistry } = await import('@kanikit/registries');
      const credential = await credentialFor(registry, run);
      return pingRegistry(registry, { credential, isInsecure, signal: run.signal });
    },
    lookUpImage: async (image, { isInsecure }, run) => {
      const { lookUpImage } = await import('@kanikit/registries');
      const credential = await credentialFor(parseImageReference(image).registry, run);
      return lookUpImage(image, { credential, isInsecure, signal: run.signal });
    },
  };
}

type Locate = Required<CredentialSource>['locate'];

async function createLocator(
  credentials: CredentialSource | false | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Locate> {
  if (credentials === false) return async () => undefined;
  const own = await ownCredentials(credentials);
  if (own !== undefined) {
    const { locate } = own;
    if (locate !== undefined) return (registry, run) => locate.call(own, registry, run);
    return async (registry, run) => {
      const credential = await own.resolve(registry, run);
      return credential && { credential, origin: 'the credential source that was handed in' };
    };
  }
  const { createDockerCredentials } = await import('@kanikit/registries');
  return createDockerCredentials({ env }).locate;
}
