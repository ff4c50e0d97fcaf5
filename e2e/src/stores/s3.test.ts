import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { contextStoreContract } from '@kanikit/contexts/contract';
import { createS3Store, type S3StoreOptions } from '@kanikit/contexts/s3';
import type { StoredContext } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { startVersitygw, type Versitygw } from '../parts/versitygw.ts';

let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await createCertificateAuthority();
});

const optionsOf = ({ url, bucket, region, credentials }: Versitygw): S3StoreOptions => ({
  endpoint: url,
  certificateAuthorities: authority.certificate,
  bucket,
  region,
  credentials,
});

/** As an executor does: by the signed URL, or by key with the credentials of its environment. */
async function fetchAsExecutor(server: Versitygw, { delivery }: StoredContext): Promise<Uint8Array> {
  if (delivery.isSecret) {
    const asked = request(delivery.context, { ca: delivery.certificateAuthorities });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    return await buffer(answer);
  }
  const { bucket, key } = /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.+)$/.exec(delivery.context)?.groups ?? {};
  expect(delivery.secretEnv['AWS_SECRET_ACCESS_KEY']).toBe(server.credentials.secretAccessKey);
  const object = await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await object.Body?.transformToByteArray()) ?? new Uint8Array();
}

describe.each([
  ['versitygw', {}, {}],
  ['versitygw with versions', { hasVersions: true }, {}],
  ['a server that copies no parts', {}, { canCopyParts: false }],
] as const)('the contract on %s', (_name, serverOptions, storeOptions) => {
  let server: Versitygw;
  beforeAll(async () => {
    server = await startVersitygw({ authority, ...serverOptions });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const contract = contextStoreContract({
    createStore: () => createS3Store({ ...optionsOf(server), ...storeOptions }),
    list: () => server.list(),
    fetch: (stored) => fetchAsExecutor(server, stored),
    secrets: ['versity-secret-key'],
    reusesParts: !('canCopyParts' in storeOptions),
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});
