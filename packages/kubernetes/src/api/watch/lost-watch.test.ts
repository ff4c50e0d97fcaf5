import { expect, onTestFinished, test } from 'vitest';
import { createCluster } from '../../create-cluster.ts';
import { startFakeApiServer } from '../../testing/fake-api-server.ts';
import { status } from '../../testing/fake-store.ts';
import { runningStatus, sampleLaunch, sampleRun } from '../../testing/launches.ts';

test('a watch that is refused for good ends the observations, while the log that is open is read to its end', async () => {
  const server = await startFakeApiServer();
  const cluster = createCluster(server.connection, { unreachableMs: 1_500 });
  onTestFinished(async () => {
    await cluster.close();
    await server[Symbol.asyncDispose]();
  });
  const pod = await cluster.launch(sampleLaunch(), sampleRun());
  const seen: string[] = [];
  const observed = (async () => {
    for await (const { type } of pod.observations) seen.push(type);
  })();
  observed.catch(() => undefined);
  server.setStatus(pod.name, runningStatus);
  await expect.poll(() => seen).toContain('running');
  const lines: string[] = [];
  const read = (async () => {
    for await (const { bytes } of pod.log) lines.push(Buffer.from(bytes).toString());
  })();
  server.log(pod.name).write(1n, Buffer.from('before\n'));
  await expect.poll(() => lines).toEqual(['before\n']);
  const words = 'pods is forbidden: User "ci" cannot list resource "pods" in API group ""';
  server.onRequest = ({ path, query }) =>
    path.endsWith('/pods') || query.has('watch')
      ? { kind: 'answer', code: 403, body: status(403, 'Forbidden', words).body }
      : undefined;
  server.cutWatches();
  await expect(observed).rejects.toMatchObject({ code: 'cluster-denied' });
  server.log(pod.name).write(2n, Buffer.from('after\n'));
  server.log(pod.name).end();
  await read;
  expect(lines).toEqual(['before\n', 'after\n']);
  await pod.remove();
});
