import type { SandboxDescription } from './description.ts';

/** A docker configuration with the registry's password alone, for `DOCKER_CONFIG` and `docker --config`. */
export function renderDockerConfig({ registry, registryCredentials }: SandboxDescription): string {
  const { username, password } = registryCredentials;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return `${JSON.stringify({ auths: { [registry]: { auth } } }, undefined, 2)}\n`;
}
