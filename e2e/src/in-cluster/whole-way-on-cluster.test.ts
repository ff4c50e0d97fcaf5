import { createKanikit, minimalRole } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { images } from '../../cluster/images.ts';
import { registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { writeContext } from '../builds/sample-context.ts';
import { type KanikitCommand, makeKanikitCommand, type Started } from '../cli/kanikit-command.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { pruneAfter } from '../cli/prune-after.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { startRealPlace } from '../clusters/build-place.ts';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import { accountKubeconfig, authorityFile, bucketKeys } from '../clusters/least-privileged.ts';
import { grantMinimalRole } from './namespace-role.ts';
import { executorByTag, executorFlags } from '../clusters/executor-by-tag.ts';

// Besides ten builds at once: directory, bucket, pod and registry: the command as users have it, as a service account with the printed Role and no other right.
let cluster: TestCluster;
let kanikit: KanikitCommand;
let kubeconfig: string;

beforeAll(async () => {
  cluster = await startRealCluster();
  kanikit = await makeKanikitCommand();
  await grantMinimalRole(cluster);
  kubeconfig = await accountKubeconfig(cluster, kanikit.home);
});

afterAll(async () => {
  await kanikit?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

const left = (): Promise<readonly string[]> => everythingLeft(cluster);

/** Directories, each with a Dockerfile and a file of its own. */
function directories(count: number, run: string): Promise<readonly string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      writeContext(kanikit.home, `app-${index}`, {
        Dockerfile: `FROM ${images.base}\nCOPY number /number\nRUN ${run}\n`,
        number: `${index}\n`,
      }),
    ),
  );
}

const common = (): readonly string[] => [
  `--kubeconfig=${kubeconfig}`,
  ...executorFlags,
  `--insecure-registry=${registry}`,
];
const throughBucket = (): readonly string[] => [
  `--bucket=s3://${bucket.name}/${cluster.namespace}`,
  `--bucket-endpoint=${bucket.endpoint}`,
  `--bucket-region=${bucket.region}`,
  `--bucket-ca=${authorityFile}`,
];

function build(folders: readonly string[], ...more: readonly string[]): Started {
  const tag = `${registry}/${cluster.namespace}/{name}:1`;
  const args = ['build', ...folders, '-t', tag, ...common(), ...throughBucket(), ...more];
  return kanikit.start(args, { env: bucketKeys });
}

/** With the bucket in its environment, where others may put another endpoint. */
const asCiJob: KanikitCommand['run'] = (args, { env } = {}) => {
  const settings = {
    KANIKIT_BUCKET: `s3://${bucket.name}/${cluster.namespace}`,
    KANIKIT_BUCKET_REGION: bucket.region,
  };
  return kanikit.run(args, { env: { ...bucketKeys, ...settings, ...env } });
};

test('the printed YAML is the Role of the SDK, and what the account has', async () => {
  const { namespace } = cluster;
  const role = await minimalRole({ namespace });
  const printed = await kanikit.run(['doctor', '--print-role', '-n', namespace]);
  expect(printed.stdout).toBe(role.yaml);
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/kanikit`;
  const { body } = await cluster.api.call<{ readonly rules: unknown }>('GET', path);
  expect(role.manifests.find(({ kind }) => kind === 'Role')).toMatchObject({ rules: body.rules });
});

test('without a bucket: streamed to the executor', { timeout: 120_000 }, async () => {
  const [folder] = await directories(1, 'echo streamed');
  const image = `${registry}/${cluster.namespace}/streamed`;
  const ended = await kanikit.run(['build', String(folder), '-t', `${image}:1`, '-q', ...common()]);
  expect(ended).toMatchObject({ exitCode: 0 });
  const digest = await digestInRegistry({ registry }, `${cluster.namespace}/streamed`, '1');
  expect(ended.stdout.trim()).toContain(`@${digest}`);
  expect(await left()).toEqual([]);
});

test('a script with the SDK', { timeout: 120_000 }, async () => {
  const [context = ''] = await directories(1, 'echo from a script');
  await using client = await createKanikit({
    cluster: { kubeconfig },
    executor: executorByTag,
    credentials: false,
    insecureRegistries: [registry],
  });
  const run = client.start({ context, destinations: [`${registry}/${cluster.namespace}/script:1`] });
  const steps: string[] = [];
  for await (const event of run.events) if (event.type === 'step-start') steps.push(event.instruction);
  const { outcome, builds } = await run.result;
  expect(outcome).toBe('succeeded');
  expect(steps).toContain('RUN echo from a script');
  expect(builds[0]?.digest).toBe(await digestInRegistry({ registry }, `${cluster.namespace}/script`, '1'));
  expect(await left()).toEqual([]);
});

test('a RUN that fails: exit code 1, not tried again, nothing left', { timeout: 120_000 }, async () => {
  const ended = await build(await directories(1, 'exit 7'), '--progress=json').ended;
  expect(ended.exitCode).toBe(1);
  expect(ended.stdout).not.toContain('"build-retry"');
  expect(ended.stdout).toContain('"outcome":"failed"');
  expect(await left()).toEqual([]);
});

test('kill -9, then prune as that account, once nobody was heard of', { timeout: 180_000 }, async () => {
  const command = build(await directories(3, 'echo started && sleep 300'), '--progress=plain');
  for (const name of ['app-0', 'app-1', 'app-2']) {
    await command.until(new RegExp(`${name}.*\\] started`));
  }
  command.child.kill('SIGKILL');
  await command.ended;
  expect(await left()).not.toEqual([]);
  // A client that has just gone silent may be alive.
  const early = await kanikit.run(['prune', `--kubeconfig=${kubeconfig}`, ...throughBucket()], {
    env: bucketKeys,
  });
  expect(early.exitCode).toBe(0);
  expect(await left()).not.toEqual([]);
  const eightDays = 8 * 24 * 3_600_000;
  await using place = await startRealPlace();
  const home = { place, kubeconfig, home: kanikit.home, run: asCiJob };
  expect(await pruneAfter(home, eightDays)).toMatch(/removed pod/);
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 60_000, interval: 500 });
});
