import { startServer, type TestServer } from '../../registry/testing/test-server.ts';
import { createBucketHandler, type BucketOptions } from '../handler.ts';
import type { S3Request } from '../s3-request.ts';
import {
  canonicalRequest,
  sha256Hex,
  sign,
  signingKey,
  stringToSign,
  type SignatureClaim,
} from '../signature.ts';

export const testCredentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
} as const;

export interface BucketCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** `x-amz-content-sha256`. @default the body's hash */
  readonly payloadHash?: string;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly region?: string;
  /** Milliseconds since the epoch. @default Date.now() */
  readonly signedAt?: number;
}

/** A bucket server, and a client that signs; how other clients sign is tested with recorded signatures and the official SDK. */
export interface TestBucket extends TestServer {
  call(method: string, path: string, options?: BucketCall): Promise<Response>;
}

export async function startBucket(folder: string, options: Partial<BucketOptions> = {}): Promise<TestBucket> {
  return withClient(await startServer(createBucketHandler({ folder, ...testCredentials, ...options })));
}

export function withClient(server: TestServer): TestBucket {
  return {
    ...server,
    call: async (method, path, options = {}) => {
      const { url, headers } = signRequest(server.url, method, path, options);
      const body = options.body === undefined ? undefined : Buffer.from(options.body);
      return await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    },
  };
}

/** `CODE` of an error answer. */
export async function errorCode(response: Response): Promise<string> {
  return /<Code>(.*?)<\/Code>/.exec(await response.text())?.[1] ?? '';
}

function timestampOf(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

export function signRequest(
  origin: string,
  method: string,
  path: string,
  options: BucketCall,
): { url: string; headers: Record<string, string>; claim: SignatureClaim } {
  const query = Object.entries(options.query ?? {});
  const url = new URL(path, origin);
  for (const [name, value] of query) url.searchParams.set(name, value);
  const timestamp = timestampOf(options.signedAt ?? Date.now());
  const payloadHash = options.payloadHash ?? sha256Hex(options.body ?? '');
  const headers: Record<string, string> = {
    ...options.headers,
    host: url.host,
    'x-amz-date': timestamp,
    'x-amz-content-sha256': payloadHash,
  };
  const scope = {
    day: timestamp.slice(0, 8),
    region: options.region ?? testCredentials.region,
    service: 's3',
  };
  const accessKeyId = options.accessKeyId ?? testCredentials.accessKeyId;
  const signedHeaders = Object.keys(headers).toSorted();
  const unsigned = {
    accessKeyId,
    scope,
    timestamp,
    signedHeaders,
    signature: '',
    payloadHash,
    isPresigned: false,
  };
  const request = {
    message: { headers },
    method,
    path: decodeURIComponent(url.pathname),
    query,
  } as unknown as S3Request;
  const key = signingKey(options.secretAccessKey ?? testCredentials.secretAccessKey, scope);
  const signature = sign(key, stringToSign(unsigned, canonicalRequest(request, unsigned)));
  const credential = `${accessKeyId}/${scope.day}/${scope.region}/s3/aws4_request`;
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { url: url.href, headers, claim: { ...unsigned, signature } };
}
