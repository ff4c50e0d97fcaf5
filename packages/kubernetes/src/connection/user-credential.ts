import { readWholeFile } from '@kanikit/toolkit/files';
import type { ClientCredential, CredentialProvider } from './cluster-connection.ts';
import { createExecCredential } from './exec-credential.ts';
import { tokenFileCredential } from './in-cluster.ts';
import { kubeconfigError } from './kubeconfig-error.ts';
import { isFields, type NamedEntry, readData, readString, resolveBeside } from './kubeconfig-file.ts';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/** What credentials may need to know of the cluster they are for. */
export interface CredentialTarget {
  readonly server: string;
  readonly certificateAuthority: string | undefined;
  readonly isServerUnverified: boolean;
  readonly cluster: NamedEntry;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The credential of a kubeconfig user: certificate, token, token file, name and password, plugin. */
export async function userCredential(
  user: NamedEntry,
  target: CredentialTarget,
): Promise<ClientCredential | CredentialProvider | undefined> {
  const { fields, file, place } = user;
  const text = (name: string): string | undefined => readString(fields, name, file, place);
  // One after the other: where both are broken, the same one is named every time.
  const certificate = await readData(user, 'client-certificate');
  const key = await readData(user, 'client-key');
  if ((certificate === undefined) !== (key === undefined)) {
    const absent = key === undefined ? 'client-key' : 'client-certificate';
    throw kubeconfigError(file, `${place} has half of a client certificate: ${absent} is missing`);
  }
  const identity: ClientCredential = { certificate, key };

  const token = text('token');
  const tokenFile = text('tokenFile');
  if (tokenFile !== undefined) {
    const read = tokenFileCredential(resolveBeside(file, tokenFile), (location) => readToken(location, user));
    return async (options) => ({ ...identity, ...(await read(options)) });
  }
  if (token !== undefined) return { ...identity, token };

  const username = text('username');
  if (username !== undefined) return { ...identity, basic: { username, password: text('password') ?? '' } };

  if (isFields(fields['exec'])) {
    const plugin = createExecCredential({ ...user, fields: fields['exec'], place: `${place}.exec` }, target);
    return async (options) => ({ ...identity, ...(await plugin(options)) });
  }
  if (isFields(fields['auth-provider'])) {
    const { createAuthProviderCredential } = await import('./auth-provider-credential.ts');
    return createAuthProviderCredential(user, target);
  }
  return certificate === undefined ? undefined : identity;
}

async function readToken(location: string, user: NamedEntry): Promise<string> {
  try {
    return (await readWholeFile(location, { largestBytes })).toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw kubeconfigError(
      user.file,
      `${user.place}.tokenFile names ${location}, which can't be read (${code})`,
      error,
    );
  }
}
