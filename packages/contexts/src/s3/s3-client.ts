import { Agent } from 'node:https';
import { getCACertificates, rootCertificates } from 'node:tls';
import type * as S3Module from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3StoreOptions } from './s3-store-options.ts';

type S3Sdk = typeof S3Module;

/** The SDK and a client. The SDK costs some hundred milliseconds to load, so it is loaded when first used. */
export interface S3Access {
  readonly sdk: S3Sdk;
  readonly client: S3Client;
}

const connectTimeoutMs = 10_000;
/** Longest silence on a connection. */
const idleTimeoutMs = 60_000;
const attempts = 5;

export async function loadS3(options: S3StoreOptions, endpoint: string | undefined): Promise<S3Access> {
  const sdk = await import('@aws-sdk/client-s3');
  return { sdk, client: new sdk.S3Client(clientConfig(options, endpoint)) };
}

function clientConfig(options: S3StoreOptions, endpoint: string | undefined): S3ClientConfig {
  const region =
    options.region ?? (endpoint === undefined ? undefined : (process.env['AWS_REGION'] ?? 'us-east-1'));
  const { certificateAuthorities } = options;
  return {
    ...(region !== undefined && { region }),
    ...(options.credentials !== undefined && { credentials: plainCredentials(options.credentials) }),
    ...(endpoint !== undefined && {
      endpoint,
      forcePathStyle: options.isPathStyle ?? true,
      // Servers other than AWS refuse or misread the checksums that the SDK adds by default.
      requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      responseChecksumValidation: 'WHEN_REQUIRED' as const,
    }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      ...(certificateAuthorities !== undefined && {
        // An agent of our own: for large bodies (`Expect: 100-continue`) the SDK replaces one it made by one that trusts the system alone.
        httpsAgent: new Agent({ keepAlive: true, ca: [...systemCertificates(), certificateAuthorities] }),
      }),
    },
  };
}

function plainCredentials(credentials: NonNullable<S3StoreOptions['credentials']>): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
} {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function systemCertificates(): readonly string[] {
  // Node before 22.15 knows only its own list.
  return typeof getCACertificates === 'function' ? getCACertificates('default') : rootCertificates;
}
