import { mkdir, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { createCluster, loadConnection } from '@kanikit/kubernetes';
import { createScriptedRuntime, type PodScript } from '@kanikit/sandbox';
import type { Kanikit, KanikitOptions } from '@kanikit/sdk';
import { startBuildSandbox } from '../builds/build-sandbox.ts';
import { type FaultProxy, startFaultProxy } from '../parts/fault-proxy.ts';

/** A sandbox whose pods play scripts, behind a proxy that counts, and clients of it. */
export interface ScriptedLab extends AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly kubeconfig: string;
  readonly store: KanikitOptions['store'];
  /** A context with a Dockerfile. */
  readonly context: string;
  /** A client that goes through the proxy; closed with the lab. */
  connect(options?: Partial<KanikitOptions>): Promise<Kanikit>;
  /** One request of an administrator to the Kubernetes API; it is counted as well. Throws where it is refused. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  leftovers(): Promise<string[]>;
}

/** `agent`: what the proxy reaches the sandbox with, where a connection for each request would cost more than the request. */
export async function startScriptedLab(
  script: PodScript,
  { agent }: { readonly agent?: Agent } = {},
): Promise<ScriptedLab> {
  const runtime = createScriptedRuntime({ script });
  const ports = { api: 0, registry: 0, bucket: 0, bucketHttp: 0 };
  const sandbox = await startBuildSandbox({ runtime, ports, hasBaseImage: false });
  const { apiServer, authority, kubeconfig, token } = sandbox.description;
  const proxy = await startFaultProxy({ target: apiServer, authority, ...(agent && { agent }) });
  const connection = { ...(await loadConnection({ env: {}, kubeconfig })), server: proxy.url };
  const context = join(sandbox.scratch, 'app');
  await mkdir(context);
  await writeFile(join(context, 'Dockerfile'), 'FROM alpine\nRUN make\n');
  const clients: Kanikit[] = [];
  return {
    proxy,
    kubeconfig,
    store: sandbox.store,
    context,
    async connect(options = {}) {
      const cluster = createCluster(connection);
      const kanikit = await sandbox.connect({ cluster, indexFolder: false, ...options });
      clients.push(kanikit);
      return kanikit;
    },
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${proxy.url}${path}`, { method, headers, ...text });
      if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
      return response.json();
    },
    leftovers: () => sandbox.leftovers(),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
      await proxy[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

/** Digest of what `goodLog` pushes. */
export const goodDigest: string = `sha256:${'d'.repeat(64)}`;

/** The log of an executor that builds and pushes this image. */
export function goodLog(reference: string, lines = 20): string {
  const log = (message: string): string =>
    `time="2026-01-01T00:00:00Z" level=info msg=${JSON.stringify(message)}\n`;
  const repository = reference.replace(/:[^:/]*$/, '');
  return [
    log('Retrieving image manifest alpine'),
    log("Building stage 'alpine' [idx: '0', base-idx: '-1']"),
    log('Unpacking rootfs as cmd RUN make requires it.'),
    log('RUN make'),
    log('Running: [/bin/sh -c make]'),
    ...Array.from({ length: lines }, (_value, index) => `compiling file ${index} of ${lines}\n`),
    log('Taking snapshot of full filesystem...'),
    log(`Pushing image to ${reference}`),
    log(`Pushed ${repository}@${goodDigest}`),
  ].join('');
}

/** Builds as `goodLog` says, and ends with the digest. */
export const goodBuild: PodScript = async (container) => {
  container.run();
  container.print(goodLog(destinationOf(container.pod)));
  return { exitCode: 0, message: goodDigest };
};

/** The first `--destination` of a scripted pod. */
export function destinationOf(pod: Readonly<Record<string, unknown>>): string {
  const { containers } = pod['spec'] as {
    readonly containers: readonly { readonly args: readonly string[] }[];
  };
  const flag = '--destination=';
  return containers[0]?.args.find((argument) => argument.startsWith(flag))?.slice(flag.length) ?? '';
}
