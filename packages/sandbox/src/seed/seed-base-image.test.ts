import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { createRegistryHandler, type RegistryOptions } from '../registry/handler.ts';
import { startServer, type TestServer } from '../registry/testing/test-server.ts';
import { seedBaseImage, type SeedOptions } from './seed-base-image.ts';

let folder: string;
let server: TestServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-seed-'));
  server = await serve({});
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function serve(options: Partial<RegistryOptions>): Promise<TestServer> {
  return await startServer(createRegistryHandler({ folder, ...options }));
}

function seed(changes: Partial<SeedOptions> = {}): ReturnType<typeof seedBaseImage> {
  const signal = AbortSignal.timeout(20_000);
  return seedBaseImage({ registry: server.url, repository: 'library/base', signal, ...changes });
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

async function readEntries(stream: ReadableStream<Uint8Array>): Promise<Map<string, ReadEntry>> {
  const entries = new Map<string, ReadEntry>();
  const parser = new Parser();
  parser.on('entry', (entry: ReadEntry) => {
    entries.set(entry.path, entry);
    entry.resume();
  });
  for await (const chunk of Readable.fromWeb(stream as never).pipe(createGunzip()))
    parser.write(chunk as Buffer);
  return entries;
}

it('makes an image of a shell, tools and their libraries, owned by root and as old as the epoch', async () => {
  const { digest } = await seed();
  const get = (path: string): Promise<Response> => fetch(`${server.url}/v2/library/base/${path}`);
  const latest = await get('manifests/latest');
  expect(latest.headers.get('docker-content-digest')).toBe(digest);
  const manifest = (await latest.json()) as Manifest;
  const config = (await (await get(`blobs/${manifest.config.digest}`)).json()) as object;
  expect(config).toMatchObject({
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Cmd: ['/bin/sh'] },
  });
  const entries = await readEntries((await get(`blobs/${manifest.layers[0]?.digest}`)).body!);
  const mode = (path: string): string | undefined => entries.get(path)?.mode?.toString(8);
  expect([mode('tmp/'), mode('root/'), mode('usr/bin/sh'), mode('etc/passwd')]).toEqual([
    '1777',
    '700',
    '755',
    '644',
  ]);
  expect(entries.get('bin')?.linkpath).toBe('usr/bin');
  for (const tool of ['cat', 'cp', 'ls', 'mkdir', 'tar', 'sha256sum'])
    expect(entries.has(`usr/bin/${tool}`)).toBe(true);
  expect([...entries.keys()].some((path) => /^usr\/lib.*\/(?:ld-|ld64|libc\.)/.test(path))).toBe(true);
  for (const entry of entries.values()) {
    expect([entry.path, entry.uid, entry.gid, entry.mtime?.getTime()]).toEqual([entry.path, 0, 0, 0]);
  }
});

it('makes the same digest again, and nothing when the tag is there', async () => {
  const first = await seed();
  expect(first.isNew).toBe(true);
  expect(await seed()).toEqual({ digest: first.digest, isNew: false });
  expect(await seed({ force: true })).toEqual(first);
  expect(await seed({ tag: 'other' })).toEqual(first);
});

it('gives its credentials to a registry that asks for them', async () => {
  await server[Symbol.asyncDispose]();
  server = await serve({ users: { ann: 'secret' } });
  await expect(seed()).rejects.toMatchObject({
    code: 'seed-failed',
    message: expect.stringContaining('401') as string,
  });
  await seed({ credentials: { username: 'ann', password: 'secret' } });
});

it('says what failed without a registry, and stops when told to', async () => {
  const { url } = server;
  await server[Symbol.asyncDispose]();
  server = await serve({});
  await expect(seed({ registry: url })).rejects.toMatchObject({
    code: 'seed-failed',
    message: expect.stringContaining(url) as string,
  });
  const reason = new Error('enough');
  await expect(seed({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
