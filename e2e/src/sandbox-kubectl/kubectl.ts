import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScriptedRuntime, type PodScript, startSandbox } from '@kanikit/sandbox';
import { goPart } from '../parts/go-part.ts';
import { type ProgramResult, runProgram } from '../parts/run-program.ts';

/** A sandbox with scripted pods, and the real kubectl for it. */
export interface KubectlSandbox extends AsyncDisposable {
  readonly kubeconfig: string;
  run(args: readonly string[], input?: string): Promise<ProgramResult>;
  /** Output of a command that must succeed. */
  output(...args: readonly string[]): Promise<string>;
}

const buildLimitMs = 900_000;

export async function startKubectlSandbox(script: PodScript): Promise<KubectlSandbox> {
  const program = await goPart('kubectl', AbortSignal.timeout(buildLimitMs));
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-kubectl-'));
  const sandbox = await startSandbox({
    folder: join(folder, 'sandbox'),
    runtime: createScriptedRuntime({ script }),
    ports: { api: 0, registry: 0, bucket: 0, bucketHttp: 0 },
    hasBaseImage: false,
    users: [
      {
        name: 'dev',
        token: 'dev-token',
        rules: [{ verbs: ['get', 'list'], resources: ['pods'], namespaces: ['default'] }],
      },
    ],
  });
  const { kubeconfig } = sandbox.description;
  // A home of its own: kubectl caches discovery there.
  const env = { KUBECONFIG: kubeconfig, HOME: folder };
  const run = (args: readonly string[], input?: string) =>
    runProgram(program, args, { env, ...(input === undefined ? {} : { input }) });
  return {
    kubeconfig,
    run,
    async output(...args) {
      const { exitCode, stdout, stderr } = await run(args);
      if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Counts stdin where there is one; else prints some lines and ends with the code in its first argument. */
export const demoScript: PodScript = async ({ pod, run, print, stdin, wait, signal }) => {
  const [container] = (pod['spec'] as { containers: { args?: string[]; stdin?: boolean; image: string }[] })
    .containers;
  if (container?.image === 'missing') {
    wait('ImagePullBackOff', 'Back-off pulling image "missing"');
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 143 })));
  }
  run();
  if (container?.stdin === true) {
    let size = 0;
    for await (const bytes of stdin) size += bytes.length;
    print(`${size} bytes\n`);
    return { exitCode: 0 };
  }
  for (const line of ['one', 'two', 'three']) print(`${line}\n`);
  if (container?.args?.[0] === 'wait')
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 143 })));
  return { exitCode: Number(container?.args?.[0] ?? 0) };
};

export function podManifest(name: string, container: object = {}, labels: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { restartPolicy: 'Never', containers: [{ name: 'executor', image: 'scripted', ...container }] },
  });
}
