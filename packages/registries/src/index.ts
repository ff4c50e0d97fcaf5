export type { ConfigPlaces } from './docker-config/load-configs.ts';
export { createDockerCredentials } from './docker-config/docker-credentials.ts';
export { type RegistryEntry, renderDockerConfig } from './docker-config/render-config.ts';
