import { dockerHubRegistry } from '@kanikit/spec';
import { proxiedFetch } from '@kanikit/toolkit/proxy';
import type { RegistryAccess } from './registry-access.ts';
import { requestToken } from './request-token.ts';
import { registryUnreachable } from './registry-errors.ts';

/** What a registry answered, and whether it wanted a log-in first. */
export interface RegistryAnswer {
  readonly response: Response;
  /** True where the first answer was 401. */
  readonly isLoginNeeded: boolean;
}

/**
 * Asks a registry, with the log-in it demands.
 *
 * Source: https://distribution.github.io/distribution/spec/auth/token/
 *
 * @throws KanikitError `registry-unreachable`
 */
export async function askRegistry(
  registry: string,
  request: { readonly method: 'GET' | 'HEAD'; readonly path: string; readonly accept?: string },
  access: RegistryAccess,
): Promise<RegistryAnswer> {
  const headersOf = (authorization: string | undefined): Record<string, string> => ({
    'user-agent': 'kanikit',
    ...(request.accept === undefined ? {} : { accept: request.accept }),
    ...(authorization === undefined ? {} : { authorization }),
  });
  const { method, path } = request;
  const { signal } = access;
  let base = '';
  const send = async (authorization: string | undefined): Promise<Response> =>
    proxiedFetch(`${base}${path}`, { method, headers: headersOf(authorization), signal });
  const [first, found] = await firstAnswer(registry, access, async (candidate) => {
    base = candidate;
    return send(undefined);
  });
  base = found;
  if (first.status !== 401) return { response: first, isLoginNeeded: false };
  await first.body?.cancel();
  const authorization = await requestToken(registry, first.headers.get('www-authenticate') ?? '', access);
  const response = authorization === undefined ? first : await send(authorization);
  return { response, isLoginNeeded: true };
}

/** Tries https and, where Kaniko would do so without being told or the caller says so, plain http after it. */
async function firstAnswer(
  registry: string,
  { isInsecure, signal }: RegistryAccess,
  send: (base: string) => Promise<Response>,
): Promise<readonly [Response, string]> {
  const schemes = isInsecure || localHosts.test(registry) ? ['https', 'http'] : ['https'];
  let failure: unknown;
  for (const scheme of schemes) {
    const base = `${scheme}://${hostOf(registry)}`;
    try {
      return [await send(base), base];
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      failure = error;
    }
  }
  throw registryUnreachable(registry, failure);
}

/** Source: `Scheme` of https://github.com/google/go-containerregistry/blob/main/pkg/name/registry.go */
const localHosts =
  /^(?:localhost|[^:]*\.local(?:host)?|127(?:\.\d+){3}|\[::1\]|10(?:\.\d+){3}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|192\.168(?:\.\d+){2})(?::\d+)?$/;

function hostOf(registry: string): string {
  return registry === dockerHubRegistry ? 'registry-1.docker.io' : registry;
}
