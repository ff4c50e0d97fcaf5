import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { images } from '../../cluster/images.ts';
import { registry } from '../../cluster/layout.ts';
import { bucket } from '../../cluster/servers.ts';
import { type KanikitCommand, makeKanikitCommand } from '../cli/kanikit-command.ts';
import { startRealCluster } from '../clusters/real-cluster.ts';
import { everythingLeft, type TestCluster } from '../clusters/test-cluster.ts';
import { digestInRegistry } from '../parts/digest-in-registry.ts';
import { accountKubeconfig, authorityFile, bucketKeys } from '../clusters/least-privileged.ts';
import { grantMinimalRole } from './namespace-role.ts';
import { executorVariables } from '../clusters/executor-by-tag.ts';

const names = Array.from({ length: 10 }, (_, index) => `app-${index + 1}`);
let target: TestCluster;
let command: KanikitCommand;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  target = await startRealCluster();
  await grantMinimalRole(target);
  command = await makeKanikitCommand();
  const kubeconfig = await accountKubeconfig(target, command.home);
  env = {
    KUBECONFIG: kubeconfig,
    ...bucketKeys,
    KANIKIT_BUCKET: `s3://${bucket.name}/${target.namespace}`,
    KANIKIT_BUCKET_ENDPOINT: bucket.endpoint,
    KANIKIT_BUCKET_REGION: bucket.region,
    KANIKIT_BUCKET_CA: authorityFile,
    ...executorVariables,
  };
  for (const name of names) {
    const folder = join(command.home, name);
    await mkdir(folder);
    await writeFile(join(folder, 'Dockerfile'), `FROM ${images.base}\nCOPY . /app\nRUN cat /app/name\n`);
    await writeFile(join(folder, 'name'), `${name}\n`);
  }
});
afterAll(async () => {
  if (command !== undefined) await rm(command.home, { recursive: true, force: true });
  await target?.[Symbol.asyncDispose]();
});

const insecure = ['--insecure-registry', registry];

/** Fields of `build-end` and of `pod-schedule`. */
interface ToldEvent {
  readonly type: string;
  readonly node: string;
  readonly outcome: string;
  readonly images: readonly { readonly reference: string; readonly digest: string }[];
}

const left = (): Promise<readonly string[]> => everythingLeft(target);

test('ten directories at once: bucket, pods, registry, by an account with the printed Role', async () => {
  const tags = ['-t', `${registry}/ten/{name}:1`];
  const { exitCode, stdout, stderr } = await command.run(
    ['build', ...names.map((name) => `./${name}`), ...tags, ...insecure, '--progress', 'json'],
    { env },
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ToldEvent);
  const ended = events.filter(({ type }) => type === 'build-end');
  expect(ended.map(({ outcome }) => outcome)).toEqual(names.map(() => 'succeeded'));
  expect(events.some(({ type }) => type === 'context-upload')).toBe(true);
  // Five on each of the two nodes, but for what the scheduler weighs besides.
  const nodes = Object.groupBy(
    events.filter(({ type }) => type === 'pod-schedule'),
    ({ node }) => node,
  );
  expect(Object.keys(nodes)).toHaveLength(2);
  expect(Math.min(...Object.values(nodes).map((each = []) => each.length))).toBeGreaterThanOrEqual(3);
  const told = Object.fromEntries(
    ended.flatMap((build) => build.images.map((image) => [image.reference, image.digest])),
  );
  for (const name of names) {
    expect(await digestInRegistry({ registry }, `ten/${name}`, '1')).toBe(told[`${registry}/ten/${name}:1`]);
  }
  expect(await left()).toEqual([]);
});

test('Ctrl-C in the middle of three builds leaves nothing in cluster and bucket', async () => {
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
  expect(await left()).toEqual([]);
});
