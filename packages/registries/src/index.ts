export type { ConfigPlaces } from './docker-config/load-configs.ts';
export type { FoundCredential } from '@kanikit/spec';
export { createDockerCredentials, type DockerCredentials } from './docker-config/docker-credentials.ts';
export { type RegistryEntry, renderDockerConfig } from './docker-config/render-config.ts';
export { type ImageAnswer, lookUpImage } from './distribution/look-up-image.ts';
export { pingRegistry, type RegistryGreeting } from './distribution/ping-registry.ts';
export type { RegistryAccess } from './distribution/registry-access.ts';
