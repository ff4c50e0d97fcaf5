import { checkUser } from './check-user.ts';
import type { ClientCredential, CredentialProvider } from './cluster-connection.ts';
import type { CredentialTarget } from './credential-target.ts';
import { checkPluginVersion, createExecCredential } from './exec-credential.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import type { KubeconfigUser } from './kubeconfig.ts';
import type { Entry } from './kubeconfig-value.ts';
import { readData, readReferredFile } from './referred-file.ts';
import { createTokenFileCredential } from './token-file.ts';

/**
 * The credential of a kubeconfig user. As client-go has it, a certificate goes with whatever else there is, and a plugin is asked only when there
 * is neither a certificate nor a token nor a name and password.
 *
 * @throws KanikitError `kubeconfig-invalid`
 */
export async function userCredential(
  user: Entry<KubeconfigUser>,
  target: CredentialTarget,
): Promise<ClientCredential | CredentialProvider | undefined> {
  const { fields, place } = user;
  checkUser(user);
  const identity = await readIdentity(user);
  // Over plain http everybody on the way would read the user's credential.
  if (target.server.startsWith('http:')) return target.login;
  if (fields.tokenFile !== '' && fields.username !== '')
    throw kubeconfigError(
      place.file,
      `${place.path} has both tokenFile and username, and only one can be sent`,
    );
  const ofPlugin = { ...place, path: `${place.path}.exec` };
  if (fields.plugin !== undefined) checkPluginVersion(fields.plugin, ofPlugin);

  const ofFile = fields.tokenFile === '' ? undefined : await withTokenFile(user, identity ?? {});
  if (target.login !== undefined) return { ...identity, ...target.login };
  if (ofFile !== undefined) return ofFile;
  if (fields.token !== '') return { ...identity, token: fields.token };
  if (fields.username !== '')
    return { ...identity, basic: { username: fields.username, password: fields.password } };
  if (identity !== undefined) return identity;
  if (fields.plugin !== undefined) return createExecCredential(fields.plugin, ofPlugin, target);
  if (fields.authProvider === undefined) return undefined;
  const { createAuthProviderCredential } = await import('./auth-provider-credential.ts');
  return createAuthProviderCredential(fields.authProvider, place.file, target);
}

async function readIdentity({ fields, place }: Entry<KubeconfigUser>): Promise<ClientCredential | undefined> {
  // One after the other: when both are broken, the same one is named every time.
  const certificate = await readData(place, 'client-certificate', {
    data: fields.certificate,
    file: fields.certificateFile,
  });
  // A key alone says nothing.
  if (certificate === undefined) return undefined;
  const key = await readData(place, 'client-key', { data: fields.key, file: fields.keyFile });
  return { certificate, key };
}

/** A token beside the file counts while the file can't be read. */
async function withTokenFile(
  { fields: { token, tokenFile }, place }: Entry<KubeconfigUser>,
  identity: ClientCredential,
): Promise<CredentialProvider> {
  const read = async (): Promise<string> => {
    const text = await readReferredFile(place, 'tokenFile', tokenFile);
    const found = text.trim();
    if (found !== '') return found;
    throw kubeconfigError(place.file, `${place.path}.tokenFile names ${tokenFile}, which is empty`);
  };
  const first = token === '' ? await read() : undefined;
  const provide = createTokenFileCredential(read, { token: first ?? token, isFresh: first !== undefined });
  return async (options) => ({ ...identity, ...(await provide(options)) });
}
