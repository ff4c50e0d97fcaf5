import {
  type CredentialSource,
  dockerHubRegistry,
  isKanikitError,
  type RegistryCredential,
} from '@kanikit/spec';
import { type ConfigPlaces, loadConfigs } from './load-configs.ts';
import { canonicalHost, findBest, parseKey } from './match-key.ts';
import type { DockerConfig } from './parse-config.ts';
import { runHelper } from './run-helper.ts';

/** Docker Hub's name in docker's own files; helpers know it by no other. */
export const dockerHubKey = 'https://index.docker.io/v1/';

/**
 * Finds registry credentials where docker and podman keep them, helpers and stores included. Files are read once, on first use, and each
 * registry is asked for once.
 *
 * @example
 * const credentials = createDockerCredentials({ env: process.env });
 * await credentials.resolve('ghcr.io', run);
 */
export function createDockerCredentials(places: ConfigPlaces): CredentialSource {
  let configs: Promise<readonly DockerConfig[]> | undefined;
  const answers = new Map<string, Promise<RegistryCredential | undefined>>();

  const find = async (registry: string, signal: AbortSignal): Promise<RegistryCredential | undefined> => {
    configs ??= loadConfigs(places);
    for (const config of await configs) {
      const credential = await lookUp(config, registry, places.env, signal);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };

  return {
    async resolve(registry, { signal }) {
      signal.throwIfAborted();
      const known = answers.get(registry);
      if (known !== undefined) {
        try {
          return await known;
        } catch (error) {
          if (isKanikitError(error)) throw error;
          // Whoever asked first has given up, which is no answer for this one.
          signal.throwIfAborted();
        }
      }
      const answer = find(registry, signal);
      answers.set(registry, answer);
      // A failure is not kept: the next one may have logged in meanwhile.
      answer.catch(() => {
        answers.delete(registry);
        configs = undefined;
      });
      return answer;
    },
  };
}

/** One file: the helper of this registry, else the entry of this registry, else the store of all, as docker looks it up. */
async function lookUp(
  config: DockerConfig,
  registry: string,
  env: ConfigPlaces['env'],
  signal: AbortSignal,
): Promise<RegistryCredential | undefined> {
  const { origin } = config;
  const helpers = [...config.helpers].map(([key, helper]) => ({ key, helper }));
  const own = findBest(helpers, registry);
  const entry = findBest(config.auths, registry);
  if (own !== undefined) {
    return (
      (await runHelper({ helper: own.helper, server: own.key, origin, env }, signal)) ?? entry?.credential
    );
  }
  if (config.store !== undefined) {
    const server = entry?.key ?? serverName(registry);
    const stored = await runHelper({ helper: config.store, server, origin, env }, signal);
    if (stored !== undefined) return stored;
  }
  return entry?.credential;
}

function serverName(registry: string): string {
  const { host } = parseKey(registry);
  return canonicalHost(host) === dockerHubRegistry ? dockerHubKey : host;
}
