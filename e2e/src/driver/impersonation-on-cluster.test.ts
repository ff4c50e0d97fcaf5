import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRealCluster } from '../clusters/real-cluster.ts';
import type { TestCluster } from '../clusters/test-cluster.ts';
import { connect, endOf, launchOf, minimalRules, readLog, runContext } from './launch.ts';

let target: TestCluster;
let kubeconfig: string;

beforeAll(async () => {
  target = await startRealCluster();
  kubeconfig = join(tmpdir(), `${target.namespace}-acting.kubeconfig`);
  const config = JSON.parse(await readFile(target.kubeconfig, 'utf8')) as {
    users: { user: Record<string, unknown> }[];
  };
  // The administrator, who acts as a user without rights.
  for (const { user } of config.users) {
    Object.assign(user, {
      as: 'builder',
      'as-groups': ['devs', 'ops'],
      'as-uid': '7',
      'as-user-extra': { 'example.com/Team ü': ['red', 'blue'] },
    });
  }
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
});
afterAll(async () => {
  await target?.[Symbol.asyncDispose]();
});

const context = Buffer.alloc(1_000_000, 'context');

async function* archive(): AsyncGenerator<Uint8Array> {
  yield context;
}

test('an administrator who acts as a user may do what that user may, and no more', async () => {
  const run = runContext();
  await using cluster = await connected();
  await expect(cluster.launch(launchOf(target, ['talk', '1', '1']), run)).rejects.toMatchObject({
    code: 'cluster-denied',
    message: expect.stringContaining('User "builder" cannot create resource "pods"'),
  });

  const withoutAttach = minimalRules(target.namespace).filter(
    ({ resources }) => !resources.includes('pods/attach'),
  );
  await target.userWith(withoutAttach);
  const denied = await cluster.launch(launchOf(target, ['digest'], { isStdinUsed: true }), run);
  await expect(denied.sendStdin(archive(), run)).rejects.toMatchObject({
    code: 'cluster-denied',
    message: expect.stringContaining('User "builder" cannot'),
  });
  await denied.remove();

  await target.userWith(minimalRules(target.namespace));
  const pod = await cluster.launch(launchOf(target, ['digest'], { isStdinUsed: true }), run);
  const [log, end] = await Promise.all([readLog(pod), endOf(pod), pod.sendStdin(archive(), run)]);
  expect(log).toBe(createHash('sha256').update(context).digest('hex'));
  expect(end).toMatchObject({ cause: 'completed', exitCode: 0 });
  await pod.remove();
});

async function connected(): Promise<Awaited<ReturnType<typeof connect>> & AsyncDisposable> {
  const cluster = await connect(kubeconfig);
  return { ...cluster, [Symbol.asyncDispose]: () => cluster.close() };
}
