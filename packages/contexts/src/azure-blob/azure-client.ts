import type * as AzureModule from '@azure/storage-blob';
import type { BlobServiceClient, StoragePipelineOptions, StorageRetryOptions } from '@azure/storage-blob';
import { createServerClock, KanikitError, type ServerClock } from '@kanikit/spec';
import { type AgentSettings, createSilenceLimitedAgent } from '../bucket/silence-limited-agent.ts';
import type { AzureAccount } from './azure-account.ts';

type AzureSdk = typeof AzureModule;
type Credential = NonNullable<Parameters<AzureSdk['newPipeline']>[0]>;

/** Azure's SDK and a client of the account. */
export interface AzureClient {
  readonly sdk: AzureSdk;
  readonly account: AzureAccount;
  readonly service: BlobServiceClient;
  /** What its answers tell of the server's clock. */
  readonly clock: ServerClock;
}

/** The pauses last 5 s together. */
const usualRetries: StorageRetryOptions = { maxTries: 6, retryDelayInMs: 200, maxRetryDelayInMs: 4000 };

/**
 * The SDK costs some 150 ms to load, the one for identities as much again, so they are loaded when first used.
 *
 * @throws KanikitError `bucket-client-missing` without `@azure/identity`, where it is needed
 */
export async function loadAzure(
  account: AzureAccount,
  settings: AgentSettings,
  clock: ServerClock = createServerClock(),
  retryOptions: StorageRetryOptions = usualRetries,
): Promise<AzureClient> {
  const sdk = await import('@azure/storage-blob');
  const credential = await createCredential(sdk, account);
  // The SDK hands these to its core, though its own types do not name them.
  const options: StoragePipelineOptions & {
    readonly agent: unknown;
    readonly redirectOptions: { readonly maxRetries: number };
  } = {
    retryOptions,
    redirectOptions: { maxRetries: 0 },
    agent: createSilenceLimitedAgent(account.url, settings, isForContent),
  };
  const url = account.credential.kind === 'sas' ? `${account.url}?${account.credential.token}` : account.url;
  const pipeline = sdk.newPipeline(credential, options);
  pipeline.factories.unshift({
    create: (next) => ({
      sendRequest: async (request) => {
        try {
          const answer = await next.sendRequest(request);
          clock.note(answer.headers.get('date'));
          return answer;
        } catch (error) {
          if (error instanceof sdk.RestError) clock.note(error.response?.headers.get('date'));
          throw error;
        }
      },
    }),
  });
  return { sdk, account, clock, service: new sdk.BlobServiceClient(url, pipeline) };
}

/** Lists and settings have a query that says so. */
function isForContent(method: string, { searchParams }: URL): boolean {
  return method === 'GET' && !searchParams.has('comp') && !searchParams.has('restype');
}

async function createCredential(sdk: AzureSdk, { name, credential }: AzureAccount): Promise<Credential> {
  switch (credential.kind) {
    case 'key': {
      return new sdk.StorageSharedKeyCredential(name, credential.key);
    }
    case 'sas': {
      return new sdk.AnonymousCredential();
    }
    case 'identity': {
      return await findIdentity();
    }
    default: {
      return credential satisfies never;
    }
  }
}

async function findIdentity(): Promise<Credential> {
  try {
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new DefaultAzureCredential();
  } catch (cause) {
    throw new KanikitError({
      code: 'bucket-client-missing',
      message: 'Logging in to Azure Blob Storage: the package @azure/identity is not installed.',
      hint: 'Install it (npm install @azure/identity), or give an account key, a connection string or a SAS.',
      cause,
    });
  }
}
