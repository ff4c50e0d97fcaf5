import { createServerClock, type ServerClock, untilAborted } from '@kanikit/spec';
import { setTimeout as wait } from 'node:timers/promises';
import type { Storage } from '@google-cloud/storage';
import { createSilenceLimitedAgent } from '../bucket/silence-limited-agent.ts';
import { GcsCredentialsError } from './gcs-credentials-error.ts';
import { silenceMetadataWarnings } from './metadata-warnings.ts';
import { readServiceAccountKey } from './service-account-key.ts';
import { endpointOf, type GcsAccessOptions, isEmulator } from './gcs-options.ts';

/** Google's SDK, for credentials, signatures and transport. */
export interface GcsClient {
  /** Signs URLs. */
  readonly storage: Storage;
  /** What its answers tell of the server's clock. */
  readonly clock: ServerClock;
  /** One request of the JSON API, repeated where the server is at fault. Fails with the SDK's errors. */
  send<Data>(request: GcsRequest): Promise<GcsResponse<Data>>;
}

export interface GcsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the endpoint, or a whole URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Bytes, or an object for JSON. */
  readonly body?: Uint8Array | object | undefined;
  /** @default json */
  readonly answer?: 'json' | 'stream' | undefined;
  /** Statuses besides 2xx that are no errors. */
  readonly statuses?: readonly number[] | undefined;
  /** How often a failed request is sent again. @default 4 */
  readonly retries?: number | undefined;
  readonly signal: AbortSignal;
}

export interface GcsResponse<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
}

/** Waits before a request is sent again. */
export type Pause = (pauseMs: number, signal: AbortSignal) => Promise<void>;

const pauseFor: Pause = async (pauseMs, signal) => await wait(pauseMs, undefined, { signal });

/** With the transport's growing pauses these last 6 s. */
const defaultRetries = 4;
/** A server that can't be reached is given up after 2 s. */
const retriesUnanswered = 3;
const longestPauseMs = 8000;
const scopes = ['https://www.googleapis.com/auth/devstorage.read_write'];

/**
 * The SDK costs some 100 ms to load, so it is loaded when first used. Its calls for objects can be neither cancelled nor told of a private
 * certificate authority; the transport below them can.
 */
export async function loadGcs(
  options: GcsAccessOptions,
  clock: ServerClock = createServerClock(),
  pause: Pause = pauseFor,
): Promise<GcsClient> {
  const { Storage } = await import('@google-cloud/storage');
  silenceMetadataWarnings();
  const endpoint = endpointOf(options);
  const isAnonymous = isEmulator(options);
  const storage = new Storage({ apiEndpoint: endpoint, scopes });
  const key = options.keyFile === undefined ? undefined : (await readServiceAccountKey(options.keyFile)).key;
  // Not by the constructor's options: those write a deprecation to the console.
  storage.authClient.jsonContent = key ?? (isAnonymous ? nobody : null);
  const agent = createSilenceLimitedAgent(endpoint, options, isForContent);

  return {
    storage,
    clock,
    async send<Data>(request: GcsRequest) {
      const { signal, retries = defaultRetries, statuses = [] } = request;
      const { headers, transporter } = await untilAborted(authorize(storage, isAnonymous), signal);
      for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
      const sent = {
        url: new URL(request.path, endpoint),
        method: request.method,
        headers,
        agent,
        signal,
        responseType: request.answer ?? 'json',
        ...(request.query !== undefined && { params: request.query }),
        ...(request.body !== undefined && { data: request.body }),
        // For the fetch below: bytes come as they are stored.
        compress: false,
        // The API has none but 308 without an address. The fetch throws where nobody can catch it when it sends a body on, and the body is not for others.
        redirect: 'manual' as const,
        // It walks through each byte of a body, for seconds. No error of the transport leaves this folder.
        errorRedactor: false as const,
        validateStatus: (status: number) => (status >= 200 && status < 300) || statuses.includes(status),
        retryConfig: {
          retry: retries,
          noResponseRetries: Math.min(retries, retriesUnanswered),
          // Each request of ours may be sent twice: an object is put whole under a name of its own.
          httpMethodsToRetry: ['GET', 'POST', 'PUT', 'DELETE'],
          maxRetryDelay: longestPauseMs,
          retryBackoff: async (_error: Error, pauseMs: number) => await pause(pauseMs, signal),
        },
      };
      try {
        const answer = await transporter.request<Data>(sent);
        clock.note(answer.headers.get('date'));
        return answer;
      } catch (error) {
        clock.note(dateOf(error));
        throw error;
      }
    },
  };
}

function isForContent(method: string, { searchParams }: URL): boolean {
  return method === 'GET' && searchParams.get('alt') === 'media';
}

/** The SDK has no anonymous mode. These dummy credentials are never sent; only the client's transport is used. */
const nobody = { client_email: 'nobody', private_key: 'none' };

/** Of the answer that the transport made an error of. */
function dateOf(error: unknown): string | null | undefined {
  return (
    error as { readonly response?: { readonly headers?: Headers } } | undefined
  )?.response?.headers?.get('date');
}

type AuthClient = Awaited<ReturnType<Storage['authClient']['getClient']>>;

async function authorize(
  { authClient }: Storage,
  isAnonymous: boolean,
): Promise<{ readonly headers: Headers; readonly transporter: AuthClient['transporter'] }> {
  try {
    const client = await authClient.getClient();
    const headers = isAnonymous ? undefined : await client.getRequestHeaders();
    return { headers: new Headers(headers), transporter: client.transporter };
  } catch (error) {
    throw new GcsCredentialsError(error);
  }
}
