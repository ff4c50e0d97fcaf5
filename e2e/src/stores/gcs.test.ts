import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { contextStoreContract } from '@kanikit/contexts/contract';
import { createGcsStore, type GcsStoreOptions } from '@kanikit/contexts/gcs';
import type { StoredContext } from '@kanikit/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FakeGcsServer, startFakeGcsServer } from '../parts/fake-gcs-server.ts';
import { getUrl } from './get-url.ts';
import { writeServiceAccountKey } from './service-account.ts';

let authority: CertificateAuthority;
let server: FakeGcsServer;
let folder: string;
let privateKey: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-gcs-'));
  authority = await createCertificateAuthority();
  const certificate = await authority.issue(['127.0.0.1']);
  server = await startFakeGcsServer({ certificate, signal: new AbortController().signal });
  await server.addBucket('builds');
  ({ privateKey } = await writeServiceAccountKey(join(folder, 'key.json')));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const options = (): GcsStoreOptions => ({
  bucket: 'builds',
  endpoint: server.url,
  certificateAuthorities: authority.certificate,
  keyFile: join(folder, 'key.json'),
});

/** As an executor does: by the signed URL, or by name from the server that its environment names. */
async function fetchAsExecutor({ delivery }: StoredContext): Promise<Uint8Array> {
  const path = delivery.context.replace('gs://', '');
  const url = delivery.isSecret ? delivery.context : `${delivery.env['STORAGE_EMULATOR_HOST']}/${path}`;
  const { status, body } = await getUrl(url, delivery.certificateAuthorities);
  expect(status).toBe(200);
  return body;
}

async function list(): Promise<readonly string[]> {
  const answer = await getUrl(`${server.url}/storage/v1/b/builds/o`, authority.certificate);
  const { items = [] } = JSON.parse(answer.body.toString()) as { items?: readonly { name: string }[] };
  return items.map(({ name }) => name);
}

describe('the contract on fake-gcs-server', () => {
  const contract = contextStoreContract({
    createStore: () => createGcsStore(options()),
    list,
    fetch: fetchAsExecutor,
    secrets: [],
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});
