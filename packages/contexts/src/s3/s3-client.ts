import type * as S3Module from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Agent as HttpsAgent } from 'node:https';
import { createServerClock, type ServerClock } from '@kanikit/spec';
import { createProxiedAgent } from '@kanikit/toolkit/proxy';
import { limitAnswers } from '../bucket/limit-answers.ts';
import { systemAuthorities } from '../web/system-authorities.ts';
import { endpointOf, type S3AccessOptions } from './s3-options.ts';

type S3Sdk = typeof S3Module;

/** The SDK and a client. */
export interface S3Connection {
  readonly sdk: S3Sdk;
  readonly client: S3Client;
}

export interface S3Access extends S3Connection {
  /** What the client's answers tell of the server's clock. */
  readonly clock: ServerClock;
}

const connectTimeoutMs = 10_000;
/** Longest silence on a connection. */
const idleTimeoutMs = 60_000;
const attempts = 5;

/** Loads the SDK, which takes some 60 ms of processor time, and makes a client. */
export async function loadS3(
  options: S3AccessOptions,
  endpoint: string | undefined = endpointOf(options),
  clock: ServerClock = createServerClock(),
): Promise<S3Access> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client(clientConfig(options, endpoint));
  // The SDK learns the distance from answers, too, but loses it when this machine's clock is set.
  Object.defineProperty(client.config, 'systemClockOffset', { get: clock.offsetMs, set() {} });
  // Innermost, so that it sees refusals, too.
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { readonly headers: Readonly<Record<string, string>> };
      clock.note(headers['date']);
      return answer;
    },
    { step: 'deserialize', priority: 'low', name: 'kanikitServerClock' },
  );
  return { sdk, client, clock };
}

function clientConfig(options: S3AccessOptions, endpoint: string | undefined): S3ClientConfig {
  const region =
    options.region ?? (endpoint === undefined ? undefined : (process.env['AWS_REGION'] ?? 'us-east-1'));
  const { credentials, certificateAuthorities } = options;
  // Agents of our own: for large bodies (`Expect: 100-continue`) the SDK replaces one it made, by one for a single request that trusts the
  // system alone. They follow the proxies of the environment.
  const connections = { keepAlive: true };
  const plain = new URL(endpoint?.startsWith('http:') === true ? endpoint : 'http://localhost');
  return {
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials: plainCredentials(credentials) }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: options.isPathStyle ?? true }),
    // Every body is signed by its SHA-256, which all servers check; further checksums are misread by some and cost time.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      httpAgent: limitAnswers(createProxiedAgent(plain, connections), isForContent),
      // For any of the hosts that the SDK makes of bucket and region.
      httpsAgent: limitAnswers(
        createProxiedAgent(new URL('https://localhost'), {
          ...connections,
          ...(certificateAuthorities !== undefined && {
            ca: [...systemAuthorities(), certificateAuthorities],
          }),
        }) as HttpsAgent,
        isForContent,
      ),
    },
  };
}

/** Names in the query of a request for an object's content; all others are for lists and settings. */
const contentQuery = /^(?:x-id|versionId|partNumber|response-.*|x-amz-.*)$/i;

function isForContent(method: string, { pathname, searchParams }: URL): boolean {
  return (
    method === 'GET' && pathname !== '/' && [...searchParams.keys()].every((name) => contentQuery.test(name))
  );
}

function plainCredentials(credentials: NonNullable<S3AccessOptions['credentials']>): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
} {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
