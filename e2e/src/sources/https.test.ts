import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { createHttpsSource } from '@kanikit/contexts/https';
import type { ContextRequest, PreparedContext } from '@kanikit/spec';
import { create } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';
import { buildContext, hasFile, imageOf } from './build-context.ts';

const versions = ['1.24.0', '1.9.2'] as const;
const noise = Buffer.from(Array.from({ length: 300_000 }, (_value, index) => (index * index * 31) >> 7));
const basic = `Basic ${btoa('user:pass word')}`;

let folder: string;
let authority: CertificateAuthority;
let server: HttpsFiles;
let guarded: HttpsFiles;
let proxy: FaultProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-https-source-'));
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'app'), { recursive: true });
  await writeFile(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY v noise /out/\n');
  await writeFile(join(tree, 'v'), 'one');
  await writeFile(join(tree, 'noise'), noise);
  await writeFile(join(tree, 'app/Dockerfile'), 'FROM scratch\nCOPY x /out/\n');
  await writeFile(join(tree, 'app/x'), 'x');
  await create({ cwd: tree, gzip: true, file: join(folder, 'a.tar.gz') }, [
    'Dockerfile',
    'v',
    'noise',
    'app',
  ]);
  const tar = gunzipSync(await readFile(join(folder, 'a.tar.gz')));
  await writeFile(join(folder, 'a.tar'), tar);
  await writeFile(join(folder, 'a.tar.zst'), zstdCompressSync(tar));
  authority = await createCertificateAuthority();
  server = await startHttpsFiles(folder, { authority });
  guarded = await startHttpsFiles(folder, {
    authority,
    isAllowed: ({ headers, url }) =>
      headers.authorization === basic || url?.endsWith('?signature=good') === true,
  });
  proxy = await startFaultProxy({
    target: server.url,
    authority: authority.certificate,
    certificate: await authority.issue(['127.0.0.1']),
  });
});
afterAll(async () => {
  for (const part of [proxy, server, guarded]) await part[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function openContext(reference: string, more: Partial<ContextRequest> = {}): Promise<PreparedContext> {
  const source = createHttpsSource({ certificateAuthorities: authority.certificate });
  return await source.open(
    { reference, dockerfile: undefined, workingDirectory: '/', contextSubPath: undefined, env: {}, ...more },
    { signal: AbortSignal.timeout(60_000), now: Date.now },
  );
}

const isWhole = (image: Parameters<typeof hasFile>[0]): boolean =>
  hasFile(image, 'out/v', 'one') &&
  image.some(
    ({ path, sha256 }) => path === 'out/noise' && sha256 === createHash('sha256').update(noise).digest('hex'),
  );

test.each(versions)('%s fetches gzip by itself, with what its URL grants', async (version) => {
  const cases = [
    [`${server.url}/a.tar.gz`, false],
    [`${guarded.url}/a.tar.gz?signature=good`, true],
    [`${guarded.url.replace('://', '://user:pass%20word@')}/a.tar.gz`, true],
  ] as const;
  for (const [reference, isSecret] of cases) {
    const context = await openContext(reference);
    expect(context).toMatchObject({ kind: 'remote', warnings: [], delivery: { isSecret } });
    expect(isWhole(imageOf(await buildContext(context, { version })))).toBe(true);
  }
});

test.each(versions)('what %s could not unpack goes through this machine', async (version) => {
  for (const path of ['a.tar', 'a.tar.zst']) {
    const context = await openContext(`${server.url}/${path}`);
    expect(context.kind).toBe('archive');
    expect(isWhole(imageOf(await buildContext(context, { version })))).toBe(true);
    const opening = openContext(`${server.url}/${path}`, { fetch: 'executor' });
    await expect(opening).rejects.toMatchObject({ code: 'context-fetch-unsupported' });
  }
});

test.each(versions)('%s gets what a server compresses on the way as this machine does', async (version) => {
  // A server that compresses a plain tar for whoever says that he understands it, as Go's client does.
  const compressed = await readFile(join(folder, 'a.tar.gz'));
  await using files = await startCompressingServer(compressed);
  const context = await openContext(`${files.url}/a.tar.gz`);
  expect(context.kind).toBe('archive');
  expect(isWhole(imageOf(await buildContext(context, { version })))).toBe(true);
  // The proof that there is a trap: left to itself the executor can't unpack it.
  const trapped = await openContext('https://127.0.0.1:1/a.tar.gz');
  if (trapped.kind !== 'remote') throw new Error('expected a remote context');
  const delivery = { ...trapped.delivery, context: `${files.url}/a.tar.gz` };
  expect(await buildContext({ ...trapped, delivery }, { version })).toMatchObject({
    isBuilt: false,
    log: expect.stringContaining('gzip: invalid header'),
  });
});

test('the folder of a context, and a Dockerfile by URL', async () => {
  for (const fetch of ['executor', 'client'] as const) {
    const context = await openContext(`${server.url}/a.tar.gz`, { fetch, contextSubPath: 'app' });
    const folderOf = context.kind === 'remote' ? { ...context, contextSubPath: 'app' } : context;
    expect(imageOf(await buildContext(folderOf)).map(({ path }) => path)).toEqual(['out', 'out/x']);
  }
  await writeFile(join(folder, 'Dockerfile.url'), 'FROM scratch\nCOPY v /from-url/\n');
  await using plain = await startFaultProxy({ target: server.url, authority: authority.certificate });
  const dockerfile = `${plain.url}/Dockerfile.url`;
  for (const fetch of ['executor', 'client'] as const) {
    const context = await openContext(`${server.url}/a.tar.gz`, { fetch, dockerfile });
    expect(imageOf(await buildContext(context)).map(({ path }) => path)).toEqual(['from-url', 'from-url/v']);
  }
});

test.each<[what: string, reference: () => string, code: string]>([
  ['an expired signature', () => `${guarded.url}/a.tar.gz?signature=hunter2`, 'context-denied'],
  ['a wrong password', () => `${guarded.url.replace('://', '://user:hunter2@')}/a.tar.gz`, 'context-denied'],
  ['a missing file', () => `${server.url}/none.tar.gz`, 'context-missing'],
  ['a file that is no tar', () => `${server.url}/tree/v`, 'context-archive-unsupported'],
])('%s is refused before anything starts', async (_what, reference, code) => {
  const error: unknown = await openContext(reference()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

test('a certificate that is not trusted leaves it to the executor, with a warning that says so', async () => {
  const source = createHttpsSource();
  const request = {
    reference: `${server.url}/a.tar.gz`,
    dockerfile: undefined,
    workingDirectory: '/',
    contextSubPath: undefined,
  };
  const run = { signal: AbortSignal.timeout(60_000), now: Date.now };
  expect((await source.open(request, run)).warnings).toMatchObject([
    { code: 'context-unseen', message: expect.stringMatching(/certificate/) },
  ]);
});

test('a burst of 503 and a slow server are borne; one that stops in the middle is an error', async () => {
  proxy.forget();
  proxy.add(
    { fault: { kind: 'answer', status: 503 }, times: 2 },
    { fault: { kind: 'slow', of: 'response', bytesPerSecond: 2_000_000 } },
  );
  const context = await openContext(`${proxy.url}/a.tar`);
  expect(isWhole(imageOf(await buildContext(context)))).toBe(true);
  proxy.forget();
  const cut = await openContext(`${proxy.url}/a.tar`);
  proxy.add({ fault: { kind: 'cut', of: 'response', afterBytes: 100_000 }, times: 9 });
  await expect(buildContext(cut)).rejects.toMatchObject({ code: 'context-unreachable' });
});

interface CompressingServer extends AsyncDisposable {
  readonly url: string;
}

async function startCompressingServer(compressed: Buffer): Promise<CompressingServer> {
  const { certificate, key } = await authority.issue(['127.0.0.1']);
  const files = createServer({ cert: certificate, key }, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed);
  });
  files.listen(0, '127.0.0.1');
  await once(files, 'listening');
  return {
    url: `https://127.0.0.1:${(files.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      files.close();
      files.closeAllConnections();
      await once(files, 'close');
    },
  };
}
