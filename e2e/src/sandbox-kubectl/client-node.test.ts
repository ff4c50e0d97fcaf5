import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CoreV1Api, KubeConfig, Log, type V1Pod, Watch } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../parts/run-program.ts';
import { demoScript, type KubectlSandbox, podManifest, startKubectlSandbox } from './kubectl.ts';

let sandbox: KubectlSandbox;
const config = new KubeConfig();
beforeAll(async () => {
  sandbox = await startKubectlSandbox(demoScript);
  config.loadFromFile(sandbox.kubeconfig);
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

/** Watches one pod until it is in a phase; returns the phases on the way. */
async function phasesUntil(name: string, last: string): Promise<readonly string[]> {
  const phases: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = await new Watch(config).watch(
    '/api/v1/namespaces/default/pods',
    { fieldSelector: `metadata.name=${name}`, allowWatchBookmarks: true },
    (_type, pod: V1Pod) => {
      phases.push(pod.status?.phase ?? '');
      if (phases.at(-1) === last) resolve();
    },
    (error: unknown) => reject(error as Error),
  );
  await promise;
  abort.abort();
  return phases;
}

test('creates, watches, reads and deletes', async () => {
  const api = config.makeApiClient(CoreV1Api);
  await api.createNamespacedPod({ namespace: 'default', body: JSON.parse(podManifest('made')) as V1Pod });
  expect((await phasesUntil('made', 'Succeeded')).at(-1)).toBe('Succeeded');
  const out = new PassThrough();
  await new Log(config).log('default', 'made', 'executor', out, { follow: true });
  expect(await text(out)).toBe('one\ntwo\nthree\n');
  await api.deleteNamespacedPod({ namespace: 'default', name: 'made' });
  await expect(api.readNamespacedPod({ namespace: 'default', name: 'made' })).rejects.toMatchObject({
    code: 404,
  });
});

test('attaches with v5 and a half-close of stdin', async () => {
  const api = config.makeApiClient(CoreV1Api);
  const body = JSON.parse(podManifest('attached', { stdin: true, stdinOnce: true })) as V1Pod;
  await api.createNamespacedPod({ namespace: 'default', body });
  await phasesUntil('attached', 'Running');
  const program = fileURLToPath(new URL('attach-program.ts', import.meta.url));
  const env = { KUBECONFIG: sandbox.kubeconfig };
  const { stdout, stderr } = await runProgram(process.execPath, [program, 'attached'], { env });
  expect({ stdout, stderr }).toEqual({
    stdout: JSON.stringify({ protocol: 'v5.channel.k8s.io', answer: '500000 bytes\n' }),
    stderr: '',
  });
  expect((await phasesUntil('attached', 'Succeeded')).at(-1)).toBe('Succeeded');
});
