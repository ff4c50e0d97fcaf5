import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { images } from '../../cluster/images.ts';
import { layout, registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { type KanikitCommand, makeKanikitCommand } from '../cli/kanikit-command.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { changeKubeconfig, leftovers, type TestCluster } from '../clusters/test-cluster.ts';
import { grantMinimalRole } from './namespace-role.ts';

const names = Array.from({ length: 10 }, (_, index) => `app-${index + 1}`);
let target: TestCluster;
let command: KanikitCommand;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  target = await startRealCluster();
  await grantMinimalRole(target);
  command = await makeKanikitCommand();
  const path = `/api/v1/namespaces/${target.namespace}/serviceaccounts/kanikit/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { body } = await target.api.call<{ readonly status: { readonly token: string } }>(
    'POST',
    path,
    request,
  );
  const kubeconfig = join(command.home, 'account.kubeconfig');
  await changeKubeconfig(target.kubeconfig, kubeconfig, { token: body.status.token });
  env = {
    KUBECONFIG: kubeconfig,
    AWS_ACCESS_KEY_ID: bucket.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey,
    KANIKIT_BUCKET: `s3://${bucket.name}`,
    KANIKIT_BUCKET_ENDPOINT: bucket.endpoint,
    KANIKIT_BUCKET_REGION: bucket.region,
    KANIKIT_BUCKET_CA: join(layout.data, 'pki', 'ca.crt'),
    KANIKIT_EXECUTOR_RELEASE: 'google@1.24.0',
  };
  for (const name of names) {
    const folder = join(command.home, name);
    await mkdir(folder);
    await writeFile(join(folder, 'Dockerfile'), `FROM ${images.base}\nCOPY . /app\nRUN cat /app/name\n`);
    await writeFile(join(folder, 'name'), `${name}\n`);
  }
});
afterAll(async () => {
  await rm(command.home, { recursive: true, force: true });
  await target[Symbol.asyncDispose]();
});

const manifestTypes =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
const insecure = ['--insecure-registry', registry];

interface EndedBuild {
  readonly type: string;
  readonly outcome: string;
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
}

/** Objects and open uploads of the bucket: files of its server. */
async function bucketContent(): Promise<readonly string[]> {
  const entries = await readdir(join(layout.data, 'buckets', bucket.name), {
    recursive: true,
    withFileTypes: true,
  });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('ten directories at once: bucket, pods, registry, by an account with the printed Role', async () => {
  const before = await bucketContent();
  const tags = ['-t', `${registry}/ten/{name}:1`];
  const { exitCode, stdout, stderr } = await command.run(
    ['build', ...names.map((name) => `./${name}`), ...tags, ...insecure, '--progress', 'json'],
    { env },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as EndedBuild);
  const ended = events.filter(({ type }) => type === 'build-end');
  expect(ended.map(({ outcome }) => outcome)).toEqual(names.map(() => 'succeeded'));
  expect(events.some(({ type }) => type === 'context-upload')).toBe(true);
  const told = Object.fromEntries(
    ended.flatMap((build) => build.images.map((image) => [image.reference, image.digest])),
  );
  for (const name of names) {
    const manifest = await fetch(`http://${registry}/v2/ten/${name}/manifests/1`, {
      headers: { accept: manifestTypes },
    });
    expect(manifest.headers.get('docker-content-digest')).toBe(told[`${registry}/ten/${name}:1`]);
  }
  expect(await leftovers(target)).toEqual([]);
  expect(await bucketContent()).toEqual(before);
});

test('Ctrl-C in the middle of three builds leaves nothing in cluster and bucket', async () => {
  const before = await bucketContent();
  const slow = names.slice(0, 3);
  for (const name of slow) {
    await writeFile(join(command.home, name, 'Slow'), `FROM ${images.base}\nRUN echo waiting && sleep 600\n`);
  }
  const started = command.start(
    [
      'build',
      ...slow.map((name) => `./${name}`),
      '-f',
      'Slow',
      '-t',
      `${registry}/slow/{name}:1`,
      ...insecure,
    ],
    { env },
  );
  await started.until(/waiting[^]*waiting[^]*waiting/);
  started.child.kill('SIGINT');
  expect((await started.ended).exitCode).toBe(130);
  expect(await leftovers(target)).toEqual([]);
  expect(await bucketContent()).toEqual(before);
});

test('the Role that is printed is the Role of these tests', async () => {
  const printed = await command.run(['doctor', '--print-role', '--namespace', target.namespace], { env });
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${target.namespace}/roles/kanikit`;
  const { body } = await target.api.call<{
    readonly rules: readonly { readonly resources: readonly string[] }[];
  }>('GET', path);
  const resources = [...printed.stdout.matchAll(/resources: \[?"?([a-z/]+)/g)].map(
    ([, resource]) => resource,
  );
  expect(resources).toEqual(body.rules.flatMap((rule) => rule.resources));
  expect(await readFile(env['KUBECONFIG']!, 'utf8')).toContain('token');
});
