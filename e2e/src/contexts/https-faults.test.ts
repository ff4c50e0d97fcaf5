import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContextDelivery } from '@kanikit/spec';
import { create } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import type { Fault } from '../parts/fault.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';
import { type ExecutorBuild, type ExecutorOutcome, fetchWithExecutor } from './fetch-with-executor.ts';

const versions = ['1.24.0', '1.9.2'] as const;
const contextBytes = 3_000_000;
let folder: string;
let authority: CertificateAuthority;
let files: HttpsFiles;
let proxy: FaultProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-https-'));
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY a /out/\n');
  await writeFile(join(tree, 'a'), randomBytes(contextBytes));
  await create({ cwd: tree, gzip: true, file: join(folder, 'context.tar.gz') }, ['Dockerfile', 'a']);
  authority = await createCertificateAuthority();
  files = await startHttpsFiles(folder, { authority });
  proxy = await startFaultProxy({
    target: files.url,
    authority: authority.certificate,
    certificate: await authority.issue(['127.0.0.1']),
  });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function fetchContext(
  fault: Fault | undefined,
  options: Partial<ExecutorBuild> & { readonly delivery?: ContextDelivery; readonly path?: string } = {},
): Promise<ExecutorOutcome> {
  proxy.forget();
  if (fault !== undefined) proxy.add({ fault, times: 9 });
  return await fetchWithExecutor({
    delivery: {
      context: `${proxy.url}/${options.path ?? 'context.tar.gz?signature=x'}`,
      isSecret: true,
      args: [],
      env: {},
      secretEnv: {},
      certificateAuthorities: authority.certificate,
    },
    dockerfile: 'Dockerfile',
    signal: AbortSignal.timeout(30_000),
    ...options,
  });
}

test.each(versions)('%s fetches from a server with an authority of its own', async (version) => {
  for (const fault of [undefined, { kind: 'slow', of: 'response', bytesPerSecond: 4_000_000 }] as const) {
    const outcome = await fetchContext(fault, { version });
    expect(outcome.log).toContain('Retrieving https tar file');
    expect(outcome).toMatchObject({
      isBuilt: true,
      image: [{ path: 'out' }, { path: 'out/a', type: 'File' }],
    });
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /context.tar.gz?signature=x',
    ]);
  }
});

test.each<[what: string, fault: Fault, words: string]>([
  ['a signature that has expired', { kind: 'answer', status: 403 }, 'bad status from server: 403'],
  ['a server that is busy', { kind: 'answer', status: 503 }, 'bad status from server: 503'],
  [
    'a server that stops in the middle',
    { kind: 'cut', of: 'response', afterBytes: 1_000_000 },
    'unexpected EOF',
  ],
  ['a server that hangs up', { kind: 'drop' }, '": EOF'],
])('%s is an error, and nothing is built', async (_what, fault, words) => {
  for (const version of versions) {
    const outcome = await fetchContext(fault, { version });
    expect(outcome).toMatchObject({ isBuilt: false, exitCode: 1 });
    expect(outcome.log).toContain('error resolving source context');
    expect(outcome.log).toContain(words);
  }
});

test('so are a context that is missing, an authority that is not trusted, and a disk that is full', async () => {
  expect(await fetchContext(undefined, { path: 'none.tar.gz' })).toMatchObject({
    isBuilt: false,
    log: expect.stringContaining('bad status from server: 404'),
  });
  const delivery = {
    context: `${files.url}/context.tar.gz`,
    isSecret: false,
    args: [],
    env: {},
    secretEnv: {},
  };
  expect(await fetchContext(undefined, { delivery })).toMatchObject({
    isBuilt: false,
    log: expect.stringContaining('certificate signed by unknown authority'),
  });
  // Room for a part of the archive, for the archive but not for its files.
  for (const contextSpaceBytes of [1_000_000, contextBytes + 1_000_000]) {
    expect(await fetchContext(undefined, { contextSpaceBytes })).toMatchObject({
      isBuilt: false,
      log: expect.stringContaining('no space left on device'),
    });
  }
});
