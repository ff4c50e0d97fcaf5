import type { RegistryAccess } from './registry-access.ts';
import { askRegistry } from './registry-session.ts';

/** How a registry takes this client. */
export interface RegistryGreeting {
  /** `open`: it asks for no log-in. `accepted`, `refused`: it does. `strange`: something else than a registry answers. */
  readonly kind: 'open' | 'accepted' | 'refused' | 'strange';
  /** HTTP status of the last answer. */
  readonly status: number;
}

/**
 * Asks a registry whether it is there and takes the credential (`GET /v2/`). What may be pushed is not asked.
 *
 * @throws KanikitError `registry-unreachable`
 */
export async function pingRegistry(registry: string, access: RegistryAccess): Promise<RegistryGreeting> {
  const { response, isLoginNeeded } = await askRegistry(registry, { method: 'GET', path: '/v2/' }, access);
  const { status } = response;
  await response.body?.cancel();
  if (status === 200) return { kind: isLoginNeeded ? 'accepted' : 'open', status };
  return { kind: status === 401 || status === 403 ? 'refused' : 'strange', status };
}
