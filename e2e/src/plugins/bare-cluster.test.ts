import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKanikit, diagnose, type Kanikit } from '@kanikit/sdk';
import type { Cluster } from '@kanikit/spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goodDigest, goodLog } from '../many/scripted-lab.ts';
import { createBareCluster } from './bare-cluster.ts';

const destination = 'registry.example/app:1';
let context: string;
beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), 'kanikit-bare-'));
  await writeFile(join(context, 'Dockerfile'), 'FROM alpine\nRUN make\n');
});
afterAll(async () => await rm(context, { recursive: true, force: true }));

async function connect(cluster: Cluster): Promise<Kanikit> {
  return await createKanikit({ cluster, credentials: false, indexFolder: false });
}

test('a cluster that can do nothing but run pods builds, keeps nothing, and leaves nothing', async () => {
  const cluster = createBareCluster(() => goodLog(destination));
  await using kanikit = await connect(cluster);
  const [build] = (
    await kanikit.start([{ context, destinations: [destination], pod: { keepFailedMs: 60_000 } }]).result
  ).builds;
  expect(build).toMatchObject({ outcome: 'succeeded', digest: goodDigest });
  expect([...cluster.pods]).toEqual([]);
});

test('what it can not do is told', async () => {
  const cluster = createBareCluster(() => '');
  await using kanikit = await connect(cluster);
  await expect(kanikit.builds()).rejects.toMatchObject({ code: 'builds-unsupported' });
  await expect(kanikit.prune()).rejects.toMatchObject({ code: 'builds-unsupported' });
  const { findings } = await diagnose({ cluster, credentials: false });
  expect(findings.filter(({ check }) => check === 'server')).toMatchObject([{ status: 'ok' }]);
  const problem = { code: 'cluster-denied', message: 'Not allowed.', hint: 'Ask.' } as const;
  const denied = await diagnose({
    cluster: { ...cluster, check: async () => [problem] },
    credentials: false,
  });
  expect(denied).toMatchObject({ canBuild: false });
  expect(denied.findings).toContainEqual(expect.objectContaining({ status: 'problem', ...problem }));
});

test('one made for another version of the contract is refused', async () => {
  const cluster = { ...createBareCluster(() => ''), specVersion: 2 } as unknown as Cluster;
  await expect(connect(cluster)).rejects.toMatchObject({
    code: 'plugin-unsupported',
    message: /cluster bare.*version 2/,
  });
});
