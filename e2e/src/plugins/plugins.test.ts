import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextSourceContract, contextStoreContract } from '@kanikit/contexts/contract';
import type { ContextRequest } from '@kanikit/spec';
import { create } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBuildSandbox } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';
import { getUrl } from '../stores/get-url.ts';
import { createFolderStore, type FolderStoreOptions } from './folder-store.ts';
import { createShelfSource } from './shelf-source.ts';

let scratch: string;
let shelf: string;
let authority: CertificateAuthority;
let server: HttpsFiles;
let options: FolderStoreOptions;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kanikit-plugins-'));
  shelf = join(scratch, 'shelf');
  const folder = join(scratch, 'served');
  await Promise.all([shelf, folder].map((path) => mkdir(path)));
  const context = await writeContext(scratch, 'greeter', {
    Dockerfile: 'FROM scratch\nCOPY hello /\n',
    hello: 'hello',
  });
  await create({ cwd: context, file: join(shelf, 'greeter-1.0.tar') }, ['Dockerfile', 'hello']);
  authority = await createCertificateAuthority();
  server = await startHttpsFiles(folder, { authority });
  options = { folder, url: server.url, certificateAuthorities: authority.certificate };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

describe('a store of a third party', () => {
  const contract = contextStoreContract({
    createStore: () => createFolderStore(options),
    list: () => readdir(options.folder),
    fetch: async ({ delivery }) => (await getUrl(delivery.context, delivery.certificateAuthorities)).body,
    reusesParts: false,
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

describe('a source of a third party', () => {
  const request = (reference: string): ContextRequest => ({
    reference,
    dockerfile: undefined,
    workingDirectory: scratch,
    contextSubPath: undefined,
  });
  const contract = contextSourceContract({
    createSource: () => createShelfSource(shelf),
    request: request('shelf://greeter@1.0'),
    refused: {
      'another version': { request: request('shelf://greeter@2.0'), code: 'context-missing' },
      'another name': { request: request('shelf://other@1.0'), code: 'context-missing' },
    },
    foreign: ['.', 'shelf', 'https://example.com/a.tar.gz', 's3://bucket/shelf://a@1'],
  });
  test.each(contract)('$name', async ({ run }) => {
    await run();
  });
});

test('both are used for a build, without a word about them anywhere else', { timeout: 180_000 }, async () => {
  await using sandbox = await startBuildSandbox();
  const before = await readdir(options.folder);
  await using kanikit = await sandbox.connect({
    sources: [createShelfSource(shelf)],
    store: createFolderStore(options),
  });
  const result = await kanikit.build({
    context: 'shelf://greeter@1.0',
    destinations: [`${sandbox.description.registry}/plugins/greeter:1`],
  });
  expect(result.outcome).toBe('succeeded');
  expect(server.requests.at(-1)).toMatch(/^GET \/[0-9a-f]{32}\.tar\.gz$/);
  expect(await readdir(options.folder)).toEqual(before);
});
