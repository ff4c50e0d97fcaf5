import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { createRegistryHandler } from './handler.ts';
import { pushBlob, pushImage, sha256, startServer, startServerProcess } from './testing/test-server.ts';

const moduleUrl = new URL('./handler.ts', import.meta.url).href;
let folder: string;
let expression: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-registry-'));
  expression = `module.createRegistryHandler({ folder: ${JSON.stringify(folder)} })`;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('has only whole blobs and pullable tags after kill -9 at any moment', async () => {
  const pushed: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    await using server = await startServerProcess(moduleUrl, expression);
    const push = async (worker: number): Promise<void> => {
      for (let index = 0; ; index += 1) {
        const tag = `${round}-${worker}-${index}`;
        await pushImage(server.url, 'app', tag, randomBytes(200_000 * (round + 1)).toString('hex'));
        pushed.push(tag);
        if (pushed.length % 5 === 0) void server.kill();
      }
    };
    // Every worker ends when the server dies under it.
    const results = await Promise.allSettled([push(0), push(1), push(2)]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  }
  await using server = await startServer(createRegistryHandler({ folder }));
  const { tags } = (await (await fetch(`${server.url}/v2/app/tags/list`)).json()) as { tags: string[] };
  expect(tags).toEqual(expect.arrayContaining(pushed));
  for (const tag of tags) {
    const manifest = (await (await fetch(`${server.url}/v2/app/manifests/${tag}`)).json()) as {
      layers: { digest: string }[];
    };
    const blob = await fetch(`${server.url}/v2/app/blobs/${manifest.layers[0]?.digest}`);
    expect(sha256(new Uint8Array(await blob.arrayBuffer()))).toBe(manifest.layers[0]?.digest);
  }
  for (const name of await readdir(join(folder, 'blobs', 'sha256'))) {
    expect(sha256(await readFile(join(folder, 'blobs', 'sha256', name)))).toBe(`sha256:${name}`);
  }
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  expect(await readdir(join(folder, 'temporary'))).toEqual([]);
});

it('answers a full disk with an error, keeps nothing of the blob, and goes on', async () => {
  await using server = await startServerProcess(moduleUrl, expression, 1024 * 1024);
  await expect(pushBlob(server.url, 'app', randomBytes(3 * 1024 * 1024))).rejects.toThrow(
    /507: \{"errors":\[\{"code":"UNKNOWN"/,
  );
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  await pushBlob(server.url, 'app', randomBytes(1000));
  expect(await readdir(join(folder, 'blobs', 'sha256'))).toHaveLength(1);
});
