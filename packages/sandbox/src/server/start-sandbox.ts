import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBucketHandler } from '../bucket/handler.ts';
import { everythingAllowed, type SandboxUser } from '../kubernetes/access.ts';
import { createKubernetesApi } from '../kubernetes/kubernetes-api.ts';
import { createRegistryHandler } from '../registry/handler.ts';
import { createClosers } from './closers.ts';
import { loadCertificate } from './certificates.ts';
import { loadCredentials, type SandboxCredentials } from './credentials.ts';
import { createDefaultRuntime } from './default-runtime.ts';
import type { Sandbox, SandboxBucket, SandboxDescription } from './description.ts';
import { ensureBucket } from './ensure-bucket.ts';
import { renderDockerConfig } from './docker-config.ts';
import { givenExecutor } from './given-executor.ts';
import { lockFolder } from './folder-lock.ts';
import { contextName, renderKubeconfig } from './kubeconfig.ts';
import type { SandboxOptions, SandboxServer } from './options.ts';
import { writePrivateFile } from './private-file.ts';
import { isOwnProcess } from './loopback-gate.ts';
import { requireLinux } from './require-linux.ts';
import { prepareFolder, readMarker, type SandboxPaths, sandboxPaths, writeMarker } from './sandbox-folder.ts';
import { seedRegistry } from './seed-registry.ts';
import { startServers } from './servers.ts';

const region = 'us-east-1';
const bucketName = 'kanikit';
const namespace = 'default';

/**
 * Starts a sandbox in this process: the Kubernetes API, a node, a registry and a bucket on loopback.
 *
 * Throws `sandbox-needs-linux`, `sandbox-running`, `sandbox-folder-in-use`, `sandbox-port-taken`, `sandbox-broken`.
 *
 * @example
 * await using sandbox = await startSandbox({ folder: '/tmp/sandbox' });
 * console.log(sandbox.description.kubeconfig);
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  requireLinux();
  const { signal } = options;
  const paths = sandboxPaths(options.folder);
  await prepareFolder(paths);
  await using started = createClosers();
  const lock = started.use(await lockFolder(paths.folder));
  signal?.throwIfAborted();
  const [marker, credentials, certificate] = await Promise.all([
    readMarker(paths),
    loadCredentials(paths.credentials),
    loadCertificate(paths.tls),
    ensureBucket(paths.bucket, bucketName),
  ]);
  const servers = started.use(
    await startServers({
      certificate,
      registry: createRegistryHandler({
        folder: paths.registry,
        users: { [credentials.registryUsername]: credentials.registryPassword },
        intercept: options.intercept?.registry,
      }),
      bucket: createBucketHandler({
        folder: paths.bucket,
        region,
        ...credentials,
        isTrusted: isOwnProcess,
        intercept: options.intercept?.bucket,
      }),
      kept: marker?.ports ?? {},
      forced: options.ports ?? {},
    }),
  );
  signal?.throwIfAborted();
  const { ports } = servers;
  await writeMarker(paths, ports);
  const { authority } = certificate;
  const { onProgress, simulate } = options;
  const runtime =
    options.runtime ?? createDefaultRuntime({ folder: paths.node, authority, simulate, onProgress });
  await mkdir(paths.objects, { recursive: true, mode: 0o700 });
  const users = [administrator(credentials), ...(options.users ?? [])];
  const api = createKubernetesApi({ folder: paths.objects, runtime, users });
  started.defer(() => api.close());
  servers.attach(api);
  const bucket = describeBucket(ports, credentials);
  const executor = await givenExecutor(options);
  const registry = `127.0.0.1:${ports.registry}`;
  const registryCredentials = {
    username: credentials.registryUsername,
    password: credentials.registryPassword,
  };
  const baseImage = await seedRegistry(registry, registryCredentials, options);
  const description: SandboxDescription = {
    folder: paths.folder,
    pid: process.pid,
    apiServer: `https://127.0.0.1:${ports.api}`,
    kubeconfig: paths.kubeconfig,
    context: contextName,
    namespace,
    token: credentials.token,
    authority,
    registry,
    registryCredentials,
    dockerConfig: paths.docker,
    baseImage,
    executor,
    isSimulated: simulate !== undefined,
    bucket,
  };
  await publish(paths, description);
  started.defer(() => rm(paths.running, { force: true }));
  await lock.ready();
  const close = started.keep();
  return { description, close, [Symbol.asyncDispose]: close };
}

function administrator(credentials: SandboxCredentials): SandboxUser {
  return { name: 'kanikit-sandbox-admin', token: credentials.token, rules: everythingAllowed };
}

function describeBucket(
  ports: Readonly<Record<SandboxServer, number>>,
  { accessKeyId, secretAccessKey }: SandboxCredentials,
): SandboxBucket {
  return {
    endpoint: `https://127.0.0.1:${ports.bucket}`,
    endpointHttp: `http://127.0.0.1:${ports.bucketHttp}`,
    bucket: bucketName,
    region,
    accessKeyId,
    secretAccessKey,
  };
}

async function publish(paths: SandboxPaths, description: SandboxDescription): Promise<void> {
  const kubeconfig = renderKubeconfig({ ...description, server: description.apiServer });
  await writePrivateFile(paths.kubeconfig, kubeconfig);
  await mkdir(paths.docker, { recursive: true, mode: 0o700 });
  await writePrivateFile(join(paths.docker, 'config.json'), renderDockerConfig(description));
  await writePrivateFile(paths.running, `${JSON.stringify(description, undefined, 2)}\n`);
}
