import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { executorImageNames, pullExecutorFiles } from './executor-image.ts';
import { executorPlatform, type ExecutorRequest } from './executor-program.ts';

let folder: string;
let server: Server;
let image: string;
/** Path → body of a registry that wants an anonymous token. */
let contents: Map<string, Buffer>;
let isHonest = true;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-pull-'));
  contents = new Map();
  isHonest = true;
  server = createServer((request, response) => {
    const url = request.url ?? '';
    if (url.startsWith('/token')) return void response.end('{"token":"anonymous"}');
    if (request.headers.authorization !== 'Bearer anonymous') {
      const realm = `http://${request.headers.host}/token`;
      const challenge = `Bearer realm="${realm}",service="test",scope="repository:k/executor:pull"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const body = contents.get(url);
    return void (body === undefined ? response.writeHead(404).end() : response.end(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  image = `127.0.0.1:${(server.address() as AddressInfo).port}/k/executor:v1`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const request: ExecutorRequest = {
  distribution: 'google',
  version: '1.24.0',
  signal: AbortSignal.timeout(20_000),
};

function tar(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const body = Buffer.from(text);
    const header = new Header({ path, mode: 0o755, size: body.length, type: 'File' });
    header.encode();
    return [header.block!, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function publish(layers: readonly Buffer[], platform: object = executorPlatform()): void {
  const digest = (body: Buffer): string => `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const put = (kind: string, name: string, body: Buffer): void =>
    void contents.set(`/v2/k/executor/${kind}/${name}`, body);
  for (const layer of layers) put('blobs', digest(layer), isHonest ? layer : altered(layer));
  const described = layers.map((layer) => ({ digest: digest(layer), size: layer.length }));
  const manifest = Buffer.from(JSON.stringify({ layers: described }));
  put('manifests', digest(manifest), manifest);
  const index = { manifests: [{ digest: digest(manifest), size: manifest.length, platform }] };
  put('manifests', 'v1', Buffer.from(JSON.stringify(index)));
}

/** Still a gzip stream of the same size and contents: only its digest gives it away. */
function altered(layer: Buffer): Buffer {
  const copy = Buffer.from(layer);
  copy[4] = copy[4]! ^ 1;
  return copy;
}

const pull = (): ReturnType<typeof pullExecutorFiles> =>
  pullExecutorFiles(image, folder, request, () => undefined, 'http');

it('takes the programs of /kaniko for this platform, and nothing else', async () => {
  publish([
    tar({ 'kaniko/executor': 'one', 'etc/passwd': 'x', '../kaniko/evil': 'x' }),
    tar({ 'kaniko/docker-credential-gcr': 'two', 'kaniko/sub/deep': 'x' }),
  ]);
  const { names, source } = await pull();
  expect(names.toSorted()).toEqual(['docker-credential-gcr', 'executor']);
  expect(source).toMatch(/@sha256:[0-9a-f]{64}$/);
  expect(await readFile(join(folder, 'executor'), 'utf8')).toBe('one');
  expect((await readdir(folder)).toSorted()).toEqual(['docker-credential-gcr', 'executor', 'unpacked']);
});

it('refuses a layer with other bytes', async () => {
  isHonest = false;
  publish([tar({ 'kaniko/executor': 'one' })]);
  await expect(pull()).rejects.toThrow('came with other bytes');
  expect(await readdir(folder)).not.toContain('executor');
});

it.each([
  ['without an executor', () => publish([tar({ 'kaniko/warmer': 'x' })]), 'holds no /kaniko/executor'],
  [
    'for another platform',
    () => publish([], { os: 'plan9', architecture: 'z80' }),
    'has no image for linux/',
  ],
  ['that is not there', () => undefined, 'answered 404'],
])('refuses an image %s', async (_what, prepare, words) => {
  prepare();
  await expect(pull()).rejects.toThrow(words);
});

it('knows where each distribution publishes', () => {
  expect(executorImageNames(request)).toEqual(['gcr.io/kaniko-project/executor:v1.24.0']);
  expect(executorImageNames({ ...request, distribution: 'osscontainertools', version: '1.28.3' })).toEqual([
    'ghcr.io/osscontainertools/kaniko:v1.28.3',
    'docker.io/martizih/kaniko:v1.28.3',
  ]);
  expect(executorImageNames({ ...request, image: 'mirror/x:1' })).toEqual(['mirror/x:1']);
});
