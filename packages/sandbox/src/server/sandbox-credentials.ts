import type { CredentialSource, FoundCredential } from '@kanikit/spec';
import type { SandboxDescription } from './description.ts';
import { registryNames } from './registry-names.ts';

/**
 * The password of a sandbox's registry, for `createKanikit`; other registries are asked of `others`, else accessed anonymously.
 *
 * @example
 * await createKanikit({ cluster, credentials: sandboxCredentials(sandbox.description) });
 */
export function sandboxCredentials(
  sandbox: Pick<SandboxDescription, 'registry' | 'registryCredentials'>,
  others?: CredentialSource,
): CredentialSource & Required<Pick<CredentialSource, 'locate'>> {
  const names = registryNames(sandbox.registry);
  const own: FoundCredential = {
    credential: { kind: 'password', ...sandbox.registryCredentials },
    origin: 'the sandbox',
  };
  const locate: Required<CredentialSource>['locate'] = async (registry, run) => {
    if (names.includes(registry.toLowerCase())) return own;
    if (others?.locate !== undefined) return await others.locate(registry, run);
    const credential = await others?.resolve(registry, run);
    return credential && { credential, origin: 'the credential source that was handed in' };
  };
  return {
    specVersion: 1,
    locate,
    resolve: async (registry, run) => (await locate(registry, run))?.credential,
  };
}
