import { randomBytes } from 'node:crypto';
import type { ClientEnvironment } from '@kanikit/core';
import { steadyNow } from '@kanikit/spec';
import { connectStore } from './connect-store.ts';
import { indexFolderOf, sourcesOf } from './create-contexts.ts';
import { dockerConfigLoader } from './docker-config-loader.ts';
import type { KanikitOptions } from './options.ts';

/** What builds use of the outside world, but for the cluster. */
export async function createClientEnvironment(options: KanikitOptions): Promise<ClientEnvironment> {
  const clientEnv = options.env ?? process.env;
  return {
    sources: await sourcesOf(options),
    store: await connectStore(options.store),
    keepContextMs: options.keepContextMs,
    indexFolder: indexFolderOf(options),
    loadDockerConfig: dockerConfigLoader(options.credentials, clientEnv),
    clientEnv,
    workingDirectory: options.workingDirectory ?? process.cwd(),
    readStdin: () => options.stdin ?? process.stdin,
    logFolder: options.logFolder,
    launchAheadMs: options.launchAheadMs,
    retries: options.retries,
    retryDelayMs: options.retryDelayMs,
    defaultExecutor: options.executor,
    insecureRegistries: options.insecureRegistries ?? [],
    isSimulated: options.isSimulated ?? false,
    now: Date.now,
    steadyNow,
    randomHex: (length) =>
      randomBytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
  };
}
