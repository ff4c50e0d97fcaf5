import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { main } from '../main.ts';
import { createTestIo } from '../testing/test-io.ts';

const password = 's3cret-word';
const token = 'top-secret-token';
const secretKey = 'very-secret-key';

/** Nothing listens there: a dry run must not ask. */
const kubeconfig = `
apiVersion: v1
kind: Config
current-context: c
clusters: [{ name: k, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: u, user: { token: ${token} } }]
contexts: [{ name: c, context: { cluster: k, user: u, namespace: ci } }]
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-dry-run-'));
  await Promise.all(['api', 'web', '.docker'].map((name) => mkdir(join(folder, name))));
  const auth = Buffer.from(`robot:${password}`).toString('base64');
  await writeFile(
    join(folder, '.docker', 'config.json'),
    JSON.stringify({ auths: { 'r.example': { auth } } }),
  );
  await writeFile(join(folder, 'kubeconfig'), kubeconfig);
  for (const name of ['api', 'web']) {
    await writeFile(join(folder, name, 'Dockerfile'), 'FROM scratch\nCOPY . .\n');
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function dryRun(line: string) {
  const { io, out, err } = createTestIo({
    env: {
      HOME: folder,
      DOCKER_CONFIG: join(folder, '.docker'),
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: secretKey,
    },
  });
  const words = `build --dry-run --kubeconfig FOLDER/kubeconfig ${line}`
    .replaceAll('FOLDER', folder)
    .split(' ');
  const code = await main(words, io);
  return { code, out: out(), err: err() };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec?: { readonly containers: readonly { readonly args: readonly string[] }[] };
  readonly data?: Readonly<Record<string, string>>;
}

test('prints YAML that can be read, a pod and its secret for each build', async () => {
  const { code, out, err } = await dryRun('FOLDER/api FOLDER/web -t r.example/{name}:1');
  const manifests = parseAllDocuments(out).map((document) => document.toJS() as Manifest);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
    'Pod ci',
    'Secret ci',
    'Pod ci',
    'Secret ci',
  ]);
  expect(manifests[2]?.spec?.containers[0]?.args).toContain('--destination=r.example/web:1');
  expect(out).toContain('# api: context by ');
});

test('-o json prints one list for kubectl', async () => {
  const { code, out } = await dryRun('FOLDER/api -t r.example/api:1 -o json');
  const list = JSON.parse(out) as { readonly kind: string; readonly items: readonly Manifest[] };
  expect(code).toBe(0);
  expect(list).toMatchObject({
    apiVersion: 'v1',
    kind: 'List',
    items: [{ kind: 'Pod' }, { kind: 'Secret' }],
  });
});

test('warns of what the run would warn of, besides what it prints', async () => {
  await mkdir(join(folder, 'odd'), { recursive: true });
  await writeFile(join(folder, 'odd', 'Dockerfile'), 'FROM scratch\nCOPY --chmod=u=x a /a\n');
  const alone = await dryRun('FOLDER/odd -t r.example/odd:1 --executor google@1.24.0 -o json');
  expect(alone).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /^warning: Kaniko 1\.24\.0 \(google\) can't read COPY --chmod=u=x: .*\n( hint: .*\n)?$/,
    ),
  });
  expect(JSON.parse(alone.out)).toMatchObject({ kind: 'List' });
  const two = await dryRun('FOLDER/odd FOLDER/api -t r.example/{name}:1 --executor google@1.24.0');
  expect(two.err).toMatch(/^warning: odd: Kaniko 1\.24\.0/);
  expect(two.err).not.toContain('api:');
});

describe('hides every credential', () => {
  test.each(['', '-o json', '--bucket s3://contexts --bucket-region eu'])('%s', async (flags) => {
    const { out, err } = await dryRun(`FOLDER/api -t r.example/api:1 ${flags}`.trim());
    expect(out).toContain('<hidden>');
    for (const secret of [password, token, secretKey]) {
      expect(out + err).not.toContain(secret);
      expect(out + err).not.toContain(Buffer.from(secret).toString('base64').slice(0, -3));
    }
  });
});

test('the manifest of the tutorials can be had', async () => {
  const { out } = await dryRun(
    'git://example.com/team/app.git -t r.example/app:1 --registry-secret dockercred --pod-name kaniko',
  );
  expect(parseAllDocuments(out).map((document) => document.toJS() as Manifest)).toMatchObject([
    {
      kind: 'Pod',
      metadata: { name: 'kaniko' },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            args: expect.arrayContaining([
              '--dockerfile=Dockerfile',
              '--context=git://example.com/team/app.git',
              '--destination=r.example/app:1',
            ]) as string[],
            volumeMounts: [{ mountPath: '/kaniko/.docker' }],
          },
        ],
        volumes: [
          {
            secret: { secretName: 'dockercred', items: [{ key: '.dockerconfigjson', path: 'config.json' }] },
          },
        ],
      },
    },
  ]);
});

describe('what a run would refuse before it starts ends with 2', () => {
  test.each([
    ['FOLDER/api -t r.example/api -- --bogus', 'has no flag --bogus'],
    ['FOLDER/api -t r.example/api --executor google@99.0.0', '99.0.0'],
    ['floppy://a -t r.example/api', 'floppy://'],
    ['FOLDER/api -t r.example/api --kube-context other', 'other'],
  ])('%s', async (line, problem) => {
    const { code, out, err } = await dryRun(line);
    expect(err).toContain(problem);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

test('needs no kubeconfig, and says what it is for', async () => {
  const { io, out, err } = createTestIo({ env: { HOME: folder } });
  const words = ['build', join(folder, 'api'), '-t', 'r.example/api', '--dry-run'];
  expect(await main(words, io), err()).toBe(0);
  expect(out()).toContain('namespace: default');
  expect(err()).toBe('There is no kubeconfig: this is for the namespace default of any cluster.\n');
  const named = createTestIo({ env: { HOME: folder } });
  expect(await main([...words, '-n', 'ci', '-o', 'json'], named.io)).toBe(0);
  expect(named.out()).toContain('"namespace": "ci"');
  const build = createTestIo({ env: { HOME: folder } });
  expect(await main(words.slice(0, -1), build.io)).toBe(2);
  expect(build.err()).toContain('Looking for a cluster');
});
