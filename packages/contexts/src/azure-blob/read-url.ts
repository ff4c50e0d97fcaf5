import type { BlobClient, BlobSASSignatureValues, SASQueryParameters } from '@azure/storage-blob';
import type { AzureClient } from './azure-client.ts';

/** Clocks differ; a key that begins now is not valid yet for a server whose clock is behind. */
const clockSkewMs = 5 * 60 * 1000;
/** The key that an identity may sign with lives a week at most. */
const longestLifeMs = 7 * 24 * 60 * 60 * 1000 - clockSkewMs;

/** A URL that lets whoever has it read one blob for a while, and nothing else; where a SAS is all there is, it is that SAS. */
export interface BlobSigner {
  readUrl(blob: BlobClient, lifetimeMs: number, more?: SignedScope): Promise<string>;
}

export interface SignedScope {
  /** Only by https. */
  readonly isHttpsOnly?: boolean | undefined;
  readonly versionId?: string | undefined;
}

export function createBlobSigner(client: AzureClient, signal: AbortSignal): BlobSigner {
  let asking: Promise<Sign> | undefined;
  return {
    async readUrl(blob, lifetimeMs, { isHttpsOnly = false, versionId } = {}) {
      const { account, sdk } = client;
      const bare = blob.url.split('?')[0]!;
      if (account.credential.kind === 'sas') return `${bare}?${account.credential.token}`;
      const expiresOn = new Date(client.clock.now() + Math.max(1000, Math.min(lifetimeMs, longestLifeMs)));
      const sign = await (asking ??= createSign(client, expiresOn, signal));
      const sas = sign({
        containerName: blob.containerName,
        blobName: blob.name,
        permissions: sdk.BlobSASPermissions.parse('r'),
        expiresOn,
        protocol: isHttpsOnly ? sdk.SASProtocol.Https : sdk.SASProtocol.HttpsAndHttp,
        ...(versionId !== undefined && { versionId }),
      });
      const version = versionId === undefined ? '' : `versionid=${encodeURIComponent(versionId)}&`;
      return `${bare}?${version}${sas.toString()}`;
    },
  };
}

type Sign = (values: BlobSASSignatureValues) => SASQueryParameters;

/** With the account's key, or with one that the service gives to an identity for a while. */
async function createSign(client: AzureClient, expiresOn: Date, abortSignal: AbortSignal): Promise<Sign> {
  const { sdk, account, service } = client;
  const { credential, name } = account;
  if (credential.kind === 'key') {
    const key = new sdk.StorageSharedKeyCredential(name, credential.key);
    return (values) => sdk.generateBlobSASQueryParameters(values, key);
  }
  const startsOn = new Date(client.clock.now() - clockSkewMs);
  const key = await service.getUserDelegationKey(startsOn, expiresOn, { abortSignal });
  return (values) => sdk.generateBlobSASQueryParameters(values, key, name);
}
