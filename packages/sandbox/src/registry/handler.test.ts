import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createRegistryHandler } from './handler.ts';
import {
  imageManifestType,
  pushBlob,
  pushImage,
  sha256,
  startServer,
  type TestServer,
} from './testing/test-server.ts';

/** Ends at once when it holds; a busy machine may need a while. */
const patient = { timeout: 20_000 };
let folder: string;
let server: TestServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-registry-'));
  server = await startServer(createRegistryHandler({ folder }));
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const missing = `sha256:${'0'.repeat(64)}`;

describe('refusals', () => {
  const manifest = (value: unknown, type = imageManifestType): RequestInit => ({
    method: 'PUT',
    headers: { 'content-type': type },
    body: JSON.stringify(value),
  });
  it.each<[string, string, RequestInit, number, string]>([
    ['outside of the API', '/v1/search', {}, 404, 'UNSUPPORTED'],
    ['a bad name', '/v2/Upper/Case/tags/list', {}, 400, 'NAME_INVALID'],
    ['a name that leaves the folder', '/v2/a/..%2f..%2fb/tags/list', {}, 400, 'NAME_INVALID'],
    ['a name of the store itself', '/v2/a/_blobs/tags/list', {}, 400, 'NAME_INVALID'],
    ['an unknown repository', '/v2/nobody/tags/list', {}, 404, 'NAME_UNKNOWN'],
    ['an unknown blob', `/v2/a/blobs/${missing}`, {}, 404, 'BLOB_UNKNOWN'],
    ['deleting an unknown blob', `/v2/a/blobs/${missing}`, { method: 'DELETE' }, 404, 'BLOB_UNKNOWN'],
    ['a bad digest', '/v2/a/blobs/sha256:abc', {}, 400, 'DIGEST_INVALID'],
    ['an unknown tag', '/v2/a/manifests/latest', {}, 404, 'MANIFEST_UNKNOWN'],
    ['a bad tag', '/v2/a/manifests/-x', {}, 400, 'TAG_INVALID'],
    ['deleting an unknown tag', '/v2/a/manifests/latest', { method: 'DELETE' }, 404, 'MANIFEST_UNKNOWN'],
    [
      'an unknown upload',
      '/v2/a/blobs/uploads/x',
      { method: 'PATCH', body: 'x' },
      404,
      'BLOB_UPLOAD_UNKNOWN',
    ],
    ['a method of no route', '/v2/a/tags/list', { method: 'POST' }, 405, 'UNSUPPORTED'],
    [
      'a manifest that is not JSON',
      '/v2/a/manifests/t',
      { method: 'PUT', body: '{' },
      400,
      'MANIFEST_INVALID',
    ],
    [
      'a manifest of the first schema',
      '/v2/a/manifests/t',
      manifest({ schemaVersion: 1 }),
      400,
      'MANIFEST_INVALID',
    ],
    [
      'a manifest of another media type than it says',
      '/v2/a/manifests/t',
      manifest({ schemaVersion: 2, mediaType: 'a/b' }),
      400,
      'MANIFEST_INVALID',
    ],
    [
      'an unknown media type',
      '/v2/a/manifests/t',
      manifest({ schemaVersion: 2 }, 'a/b'),
      400,
      'MANIFEST_INVALID',
    ],
    [
      'a manifest whose layer was not pushed',
      '/v2/a/manifests/t',
      manifest({ schemaVersion: 2, config: { digest: missing }, layers: [] }),
      400,
      'MANIFEST_BLOB_UNKNOWN',
    ],
    [
      'a manifest beyond 4 MiB',
      '/v2/a/manifests/t',
      manifest({ padding: 'x'.repeat(4 * 1024 * 1024) }),
      413,
      'SIZE_INVALID',
    ],
    ['a page size that is no number', '/v2/_catalog?n=x', {}, 400, 'UNSUPPORTED'],
  ])('%s', async (_, path, init, status, code) => {
    const response = await fetch(server.url + path, init);
    const body = (await response.json()) as { errors: { code: string; message: string }[] };
    expect({ status: response.status, code: body.errors[0]?.code }).toEqual({ status, code });
    expect(body.errors[0]?.message).not.toBe('');
  });

  it('a blob whose bytes have another digest, and forgets it', async () => {
    const response = await fetch(`${server.url}/v2/a/blobs/uploads/?digest=${missing}`, {
      method: 'POST',
      body: 'x',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('DIGEST_INVALID');
    expect((await fetch(`${server.url}/v2/a/blobs/${missing}`)).status).toBe(404);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });
});

it('keeps everything over a restart', async () => {
  const digest = await pushImage(server.url, 'team/app', 'v1', 'layer');
  await using second = await startServer(createRegistryHandler({ folder }));
  const byTag = await fetch(`${second.url}/v2/team/app/manifests/v1`);
  expect(byTag.headers.get('docker-content-digest')).toBe(digest);
  expect(byTag.headers.get('content-type')).toBe(imageManifestType);
  expect(sha256(await byTag.text())).toBe(digest);
  expect(await (await fetch(`${second.url}/v2/team/app/blobs/${sha256('layer')}`)).text()).toBe('layer');
  expect(await (await fetch(`${second.url}/v2/_catalog`)).json()).toEqual({ repositories: ['team/app'] });
});

it('goes on with an upload after its connection broke', async () => {
  const started = await fetch(`${server.url}/v2/a/blobs/uploads/`, { method: 'POST' });
  const location = server.url + started.headers.get('location');
  await new Promise<void>((resolve) => {
    const broken = httpRequest(location, { method: 'PATCH', headers: { 'content-length': 10 } });
    broken.on('error', () => resolve());
    broken.write('hello', () => {
      const poll = (): void => {
        void fetch(location).then((state) =>
          state.headers.get('range') === '0-4' ? broken.destroy(new Error('cable pulled')) : poll(),
        );
      };
      poll();
    });
  });
  const outOfOrder = { method: 'PATCH', headers: { 'content-range': '7-9' }, body: 'xyz' };
  await expect.poll(async () => (await fetch(location, outOfOrder)).status, patient).toBe(416);
  const rest = { method: 'PATCH', headers: { 'content-range': '5-9' }, body: 'world' };
  await expect.poll(async () => (await fetch(location, rest)).status, patient).toBe(202);
  const digest = sha256('helloworld');
  expect((await fetch(`${location}?digest=${digest}`, { method: 'PUT' })).status).toBe(201);
  expect(await (await fetch(`${server.url}/v2/a/blobs/${digest}`)).text()).toBe('helloworld');
});

it.each([
  ['bytes=0-4', 206, 'bytes 0-4/11', 'hello'],
  ['bytes=6-', 206, 'bytes 6-10/11', 'world'],
  ['bytes=-5', 206, 'bytes 6-10/11', 'world'],
  ['bytes=6-99', 206, 'bytes 6-10/11', 'world'],
  ['bytes=0-1,3-4', 200, null, 'hello world'],
])('sends range %s of a blob', async (range, status, contentRange, text) => {
  const digest = await pushBlob(server.url, 'a', 'hello world');
  const response = await fetch(`${server.url}/v2/a/blobs/${digest}`, { headers: { range } });
  expect([response.status, response.headers.get('content-range'), await response.text()]).toEqual([
    status,
    contentRange,
    text,
  ]);
});

it('shares a blob between repositories and frees it with the last one', async () => {
  const digest = await pushBlob(server.url, 'one', 'shared');
  const mount = await fetch(`${server.url}/v2/two/blobs/uploads/?mount=${digest}&from=one`, {
    method: 'POST',
  });
  expect(mount.status).toBe(201);
  const shared = join(folder, 'blobs', 'sha256');
  for (const [repository, left] of [
    ['one', 1],
    ['two', 0],
  ] as const) {
    await fetch(`${server.url}/v2/${repository}/blobs/${digest}`, { method: 'DELETE' });
    expect((await fetch(`${server.url}/v2/${repository}/blobs/${digest}`)).status).toBe(404);
    expect(await readdir(shared)).toHaveLength(left);
  }
});

it('lists tags in pages and drops those of a deleted manifest', async () => {
  for (const tag of ['b', 'a', 'B', 'c'])
    await pushImage(server.url, 'a', tag, tag === 'c' ? 'other' : 'same');
  const first = await fetch(`${server.url}/v2/a/tags/list?n=2`);
  expect(await first.json()).toEqual({ name: 'a', tags: ['B', 'a'] });
  expect(first.headers.get('link')).toBe('</v2/a/tags/list?n=2&last=a>; rel="next"');
  const next = await fetch(`${server.url}/v2/a/tags/list?n=2&last=a`);
  expect(await next.json()).toEqual({ name: 'a', tags: ['b', 'c'] });
  expect(next.headers.get('link')).toBeNull();
  const digest = (await fetch(`${server.url}/v2/a/manifests/a`)).headers.get('docker-content-digest');
  await fetch(`${server.url}/v2/a/manifests/${digest}`, { method: 'DELETE' });
  expect(await (await fetch(`${server.url}/v2/a/tags/list`)).json()).toEqual({ name: 'a', tags: ['c'] });
});
