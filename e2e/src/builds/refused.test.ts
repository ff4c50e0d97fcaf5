import { readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKanikit, type BuildRequest } from '@kanikit/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';
import { samplePath, writeContext } from './sample-context.ts';

let sandbox: BuildSandbox;
/** What the registry and the bucket of the sandbox answer instead of doing their work; undefined lets them. */
let registryAnswer: { readonly match: RegExp; readonly status: number; readonly code: string } | undefined;
let bucketAnswer: { readonly match: RegExp; readonly status: number; readonly code: string } | undefined;

beforeAll(async () => {
  sandbox = await startBuildSandbox({
    intercept: {
      registry: (request, response) => {
        if (registryAnswer?.match.test(`${request.method} ${request.url}`) !== true) return false;
        request.resume();
        response.writeHead(registryAnswer.status, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ errors: [{ code: registryAnswer.code, message: 'refused by the test' }] }),
        );
        return true;
      },
      bucket: (request, response) => {
        if (bucketAnswer?.match.test(`${request.method} ${request.url}`) !== true) return false;
        request.resume();
        response.writeHead(bucketAnswer.status, { 'content-type': 'application/xml' });
        response.end(
          `<?xml version="1.0"?><Error><Code>${bucketAnswer.code}</Code><Message>refused by the test</Message></Error>`,
        );
        return true;
      },
    },
  });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

async function failureOf(
  request: Partial<BuildRequest>,
  options: Parameters<BuildSandbox['connect']>[0] = {},
) {
  await using kanikit = await sandbox.connect(options);
  const run = kanikit.start({
    context: samplePath('hello'),
    destinations: [`${sandbox.description.registry}/refused/app:1`],
    buildArgs: { BASE: sandbox.description.baseImage },
    ...request,
  });
  const result = await run.result;
  registryAnswer = undefined;
  bucketAnswer = undefined;
  expect(result.outcome).toBe('failed');
  expect(result.leftovers).toEqual([]);
  expect(await sandbox.leftovers()).toEqual([]);
  const failure = result.builds[0]?.failure;
  expect(failure?.hint ?? '', 'every failure says what to do').not.toBe('');
  return failure;
}

describe('the registry', { timeout: 120_000 }, () => {
  test.each([
    ['refuses the push before the build', /^POST .*\/blobs\/uploads/, 401, 'UNAUTHORIZED'],
    ['refuses the manifest after the build', /^PUT .*\/manifests\/1/, 403, 'DENIED'],
  ])('%s', async (_name, match, status, code) => {
    registryAnswer = { match, status, code };
    const failure = await failureOf({});
    expect(failure?.message).toContain(code);
    expect(failure?.step).toBeUndefined();
    expect(failure?.code).toMatch(/^(push|registry|destination)/);
  });

  test('does not know the base image', async () => {
    const base = `${sandbox.description.registry}/no/such:base`;
    const failure = await failureOf({ buildArgs: { BASE: base } });
    expect(failure?.code).toMatch(/^base-image/);
    expect(failure?.message).toContain('no/such');
  });
});

describe('the bucket', { timeout: 120_000 }, () => {
  test.each([
    ['denies the upload', /^PUT /, 403, 'AccessDenied', 'bucket-denied'],
    ['does not exist', /./, 404, 'NoSuchBucket', 'bucket-missing'],
    ['is full', /^PUT .*tar\.gz/, 507, 'InsufficientStorage', 'bucket-upload-failed'],
  ])('%s', async (_name, match, status, code, expected) => {
    bucketAnswer = { match, status, code };
    expect((await failureOf({}))?.code).toBe(expected);
  });

  test('is not there', async () => {
    const store = { ...sandbox.store, endpoint: 'https://127.0.0.1:9' };
    expect((await failureOf({}, { store }))?.code).toBe('bucket-unreachable');
  });

  test('refuses the key, and the message does not tell it', async () => {
    const credentials = { accessKeyId: 'AKIDWRONG', secretAccessKey: 'not-the-secret' };
    const failure = await failureOf({}, { store: { ...sandbox.store, credentials } });
    expect(failure?.code).toBe('bucket-denied');
    expect(JSON.stringify(failure)).not.toContain('not-the-secret');
  });
});

describe('the cluster', { timeout: 120_000 }, () => {
  test('is not there', async () => {
    const kubeconfig = join(sandbox.scratch, 'nowhere.yaml');
    await writeFile(kubeconfig, kubeconfigOf('https://127.0.0.1:9'));
    expect((await failureOf({}, { cluster: { kubeconfig } }))?.code).toBe('cluster-unreachable');
  });

  test('refuses the token', async () => {
    const kubeconfig = join(sandbox.scratch, 'token.yaml');
    await writeFile(kubeconfig, kubeconfigOf(sandbox.description.apiServer));
    expect((await failureOf({}, { cluster: { kubeconfig } }))?.code).toMatch(
      /^cluster-(denied|unauthorized)/,
    );
  });

  test.each([
    ['is not YAML', '{ this is: [not yaml'],
    [
      'names a context that is missing',
      kubeconfigOf('https://127.0.0.1:9').replace('current-context: test', 'current-context: gone'),
    ],
  ])('has a kubeconfig that %s', async (_name, text) => {
    const kubeconfig = join(sandbox.scratch, 'broken.yaml');
    await writeFile(kubeconfig, text);
    const error = await createKanikit({ cluster: { kubeconfig } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^kubeconfig-/),
      message: expect.stringContaining('broken.yaml'),
    });
  });
});

describe('the context', { timeout: 120_000 }, () => {
  test('does not exist', async () => {
    expect((await failureOf({ context: '/no/such/directory' }))?.code).toBe('context-missing');
  });

  test('has no Dockerfile', async () => {
    const context = await writeContext(sandbox.scratch, 'no-dockerfile', { 'a.txt': 'a' });
    expect((await failureOf({ context }))?.code).toBe('dockerfile-missing');
  });

  test('has a socket, which no archive can hold', async () => {
    const context = await writeContext(sandbox.scratch, 'special', {
      Dockerfile: 'FROM scratch\nCOPY . /\n',
    });
    const { createServer } = await import('node:net');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(context, 'a.sock'), resolve));
    try {
      const failure = await failureOf({ context });
      expect(failure?.message).toContain('a.sock');
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await rm(context, { recursive: true });
    }
  });

  test('has a dangling link in place of its Dockerfile', async () => {
    const context = await writeContext(sandbox.scratch, 'dangling', { 'a.txt': 'a' });
    await symlink('nowhere', join(context, 'Dockerfile'));
    expect((await failureOf({ context }))?.code).toMatch(/^dockerfile-/);
    expect(await readdir(context)).toHaveLength(2);
  });

  test('has an ignore file with a bad pattern', async () => {
    const context = await writeContext(sandbox.scratch, 'bad-pattern', {
      Dockerfile: 'FROM scratch\n',
      '.dockerignore': 'ok\n[a-\n',
    });
    const failure = await failureOf({ context });
    expect(failure?.message).toContain('[a-');
  });
});

describe('the request', { timeout: 120_000 }, () => {
  test.each([
    ['a bad destination', { destinations: ['registry.example/UPPER:1'] }, 'image-reference-invalid'],
    ['no destination', { destinations: [] }, 'destination-missing'],
    ['a flag this executor does not have', { executorArgs: ['--secret=id=x'] }, 'flag-unsupported'],
    ['a flag nobody has', { executorArgs: ['--cachee=true'] }, 'flag-unknown'],
    ['a target that is not there', { target: 'nowhere' }, 'dockerfile-target-unknown'],
  ])('has %s', async (_name, request, code) => {
    expect((await failureOf(request))?.code).toBe(code);
  });
});

function kubeconfigOf(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
clusters: [{ name: test, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: test, user: { token: wrong } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
`;
}
