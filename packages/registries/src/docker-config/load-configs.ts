import path from 'node:path';
import { readWholeFile } from '@kanikit/toolkit/files';
import { homeFolder, userFolder } from '@kanikit/toolkit/folders';
import { configError } from './config-error.ts';
import { type DockerConfig, parseDockerConfig } from './parse-config.ts';

/** No such file is this long; one named by mistake may be. */
const largestBytes = 16 * 1024 * 1024;

/** Where credentials may be. */
export interface ConfigPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a docker `config.json`, in place of all the others. */
  readonly configFile?: string | undefined;
  /** @default the user's home folder */
  readonly homeFolder?: string | undefined;
}

/**
 * Reads the credential files of this user, the most specific first: `DOCKER_AUTH_CONFIG` (content), `REGISTRY_AUTH_FILE`, docker's
 * `config.json`, podman's `auth.json`.
 *
 * @throws KanikitError `docker-config-invalid`
 */
export async function loadConfigs(places: ConfigPlaces): Promise<readonly DockerConfig[]> {
  const { env, configFile } = places;
  if (configFile !== undefined)
    return [await readConfig(configFile, true)].filter((config) => config !== undefined);
  const content = env['DOCKER_AUTH_CONFIG'];
  const home = places.homeFolder ?? homeFolder(env);
  const docker = path.join(env['DOCKER_CONFIG'] || path.join(home, '.docker'), 'config.json');
  const asked = env['REGISTRY_AUTH_FILE'];
  const files = await Promise.all([
    ...(asked ? [readConfig(asked, true)] : []),
    ...[docker, ...podmanFiles(env, home)].map((file) => readConfig(file, false)),
  ]);
  const found = files.filter((config) => config !== undefined);
  return content ? [parseDockerConfig(content, 'DOCKER_AUTH_CONFIG'), ...found] : found;
}

function podmanFiles(env: ConfigPlaces['env'], home: string): readonly string[] {
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  return [
    ...(runtimeFolder ? [path.join(runtimeFolder, 'containers', 'auth.json')] : []),
    path.join(userFolder('config', { ...env, HOME: home }), 'containers', 'auth.json'),
  ];
}

async function readConfig(file: string, isAskedFor: boolean): Promise<DockerConfig | undefined> {
  try {
    return parseDockerConfig((await readWholeFile(file, { largestBytes })).toString('utf8'), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !isAskedFor) return undefined;
    if (typeof code !== 'string' || code === 'docker-config-invalid') throw error;
    throw configError(
      file,
      code === 'ENOENT' ? 'there is no such file' : `it can't be read (${code})`,
      error,
    );
  }
}
