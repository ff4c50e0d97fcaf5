import { KanikitError } from '@kanikit/spec';
import { asSentence, stripEnd } from '@kanikit/toolkit/text';
import type { AzureBlobAccessOptions } from './azure-blob-options.ts';
import { parseConnectionString } from './connection-string.ts';

/** Who asks. `identity` is what `@azure/identity` finds: a log-in of `az`, a managed or a workload identity. */
export type AzureCredential =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'sas'; readonly token: string }
  | { readonly kind: 'identity' };

export interface AzureAccount {
  readonly name: string;
  /** Where its containers are, without a slash at the end. */
  readonly url: string;
  /** The same for pods. */
  readonly podUrl: string;
  readonly credential: AzureCredential;
}

/** @throws KanikitError `bucket-options-invalid` */
export function resolveAccount(options: AzureBlobAccessOptions): AzureAccount {
  const env = options.env ?? process.env;
  const isTold = options.accountKey !== undefined || options.sasToken !== undefined;
  const text = options.connectionString ?? (isTold ? undefined : env['AZURE_STORAGE_CONNECTION_STRING']);
  const connection = text === undefined || text === '' ? undefined : parseConnectionString(text);
  const name = options.account ?? connection?.account ?? env['AZURE_STORAGE_ACCOUNT'] ?? '';
  if (!/^[a-z0-9]{3,24}$/.test(name)) {
    throw invalid(
      name === ''
        ? 'no storage account is named'
        : `${JSON.stringify(name)} is not the name of a storage account`,
      'Name it (az://account/container), or set AZURE_STORAGE_ACCOUNT.',
    );
  }
  // What the environment holds is for the account that it names, and no other's.
  const own = connection?.account === name ? connection : undefined;
  const ofEnvironment = (env['AZURE_STORAGE_ACCOUNT'] ?? name) === name ? env : {};
  const endpoint = options.endpoint ?? own?.endpoint ?? `https://${name}.blob.core.windows.net`;
  return {
    name,
    url: accountUrl(endpoint, name),
    podUrl: accountUrl(options.podEndpoint ?? endpoint, name),
    credential: credentialOf(
      options.accountKey ?? (isTold ? undefined : (own?.key ?? ofEnvironment['AZURE_STORAGE_KEY'])),
      options.sasToken ?? own?.sas ?? ofEnvironment['AZURE_STORAGE_SAS_TOKEN'],
    ),
  };
}

function credentialOf(key: string | undefined, sas: string | undefined): AzureCredential {
  if (key !== undefined && key !== '') return { kind: 'key', key };
  if (sas !== undefined && sas !== '') return { kind: 'sas', token: sas.replace(/^\?/, '') };
  return { kind: 'identity' };
}

function accountUrl(endpoint: string, account: string): string {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw invalid(
      'the endpoint is not a URL',
      'Write it with its scheme, as in https://account.blob.core.windows.net.',
    );
  }
  const { origin, hostname, pathname } = new URL(endpoint);
  const path = stripEnd(pathname, '/');
  return path === '' && !hostname.startsWith(`${account}.`) ? `${origin}/${account}` : origin + path;
}

function invalid(reason: string, hint: string): KanikitError {
  return new KanikitError({
    code: 'bucket-options-invalid',
    message: asSentence(`Configuring Azure Blob Storage: ${reason}`),
    hint,
  });
}
