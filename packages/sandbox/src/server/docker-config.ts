import type { SandboxDescription } from './description.ts';
import { registryNames } from './registry-names.ts';

/** A docker configuration with the registry's password alone, for `DOCKER_CONFIG` and `docker --config`. */
export function renderDockerConfig({ registry, registryCredentials }: SandboxDescription): string {
  const { username, password } = registryCredentials;
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const auths = Object.fromEntries(registryNames(registry).map((name) => [name, { auth }]));
  return `${JSON.stringify({ auths }, undefined, 2)}\n`;
}
