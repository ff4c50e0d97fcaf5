import {
  type CredentialSource,
  dockerHubRegistry,
  type FoundCredential,
  isKanikitError,
  type RunContext,
} from '@kanikit/spec';
import { type ConfigPlaces, loadConfigs } from './load-configs.ts';
import { canonicalHost, findBest, parseKey } from './match-key.ts';
import type { DockerConfig } from './parse-config.ts';
import { runHelper } from './run-helper.ts';

/** Docker Hub's name in docker's own files; helpers know it by no other. */
export const dockerHubKey = 'https://index.docker.io/v1/';

/** The credentials of this machine. */
export interface DockerCredentials extends CredentialSource {
  /** Like `resolve`, with the place. */
  locate(registry: string, run: RunContext): Promise<FoundCredential | undefined>;
}

/**
 * Finds registry credentials where docker and podman keep them, helpers and stores included. Files are read once, on first use, and each
 * registry is asked for once.
 *
 * @example
 * const credentials = createDockerCredentials({ env: process.env });
 * await credentials.resolve('ghcr.io', run);
 */
export function createDockerCredentials(places: ConfigPlaces): DockerCredentials {
  let configs: Promise<readonly DockerConfig[]> | undefined;
  const answers = new Map<string, Promise<FoundCredential | undefined>>();

  const find = async (registry: string, signal: AbortSignal): Promise<FoundCredential | undefined> => {
    configs ??= loadConfigs(places);
    for (const config of await configs) {
      const found = await lookUp(config, registry, places.env, signal);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const locate = async (registry: string, { signal }: RunContext): Promise<FoundCredential | undefined> => {
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
  };

  return {
    specVersion: 1,
    locate,
    resolve: async (registry, run) => (await locate(registry, run))?.credential,
  };
}

/** One file: the helper of this registry, else the entry of this registry, else the store of all, as docker looks it up. */
async function lookUp(
  config: DockerConfig,
  registry: string,
  env: ConfigPlaces['env'],
  signal: AbortSignal,
): Promise<FoundCredential | undefined> {
  const { origin } = config;
  const helpers = [...config.helpers].map(([key, helper]) => ({ key, helper }));
  const own = findBest(helpers, registry);
  const entry = findBest(config.auths, registry);
  const written = entry?.credential && { credential: entry.credential, origin };
  const ask = async (helper: string, server: string): Promise<FoundCredential | undefined> => {
    const credential = await runHelper({ helper, server, origin, env }, signal);
    return credential && { credential, origin: `docker-credential-${helper}, named in ${origin}` };
  };
  if (own !== undefined) return (await ask(own.helper, own.key)) ?? written;
  if (config.store !== undefined) {
    const stored = await ask(config.store, entry?.key ?? serverName(registry));
    if (stored !== undefined) return stored;
  }
  return written;
}

function serverName(registry: string): string {
  const { host } = parseKey(registry);
  return canonicalHost(host) === dockerHubRegistry ? dockerHubKey : host;
}
