import { KanikitError, type PodSettings, type ProxySettings } from '@kanikit/spec';

/**
 * Reached without a proxy in any case: names inside of the cluster, and the metadata services that hand out the pod's identity. Addresses of
 * services are not known to a client, so a registry that is named by its cluster address has to be in `NO_PROXY`.
 */
const neverProxied = ['.svc', '.cluster.local', '169.254.169.254', 'metadata.google.internal'];

/** The proxies of the client's environment where they are asked for; undefined without any. */
export function resolveProxy(
  proxy: PodSettings['proxy'],
  env: Readonly<Record<string, string | undefined>>,
): ProxySettings | undefined {
  if (proxy !== 'environment') return proxy;
  // Programs differ in which of the two they prefer; Go, which the executor is written in, takes the upper case first.
  const read = (name: string): string | undefined => env[name] || env[name.toLowerCase()] || undefined;
  return { http: read('HTTP_PROXY'), https: read('HTTPS_PROXY'), none: read('NO_PROXY') };
}

/**
 * The variables of a pod behind proxies, in both cases; those of a proxy with a password go into its secret.
 *
 * @throws KanikitError `proxy-invalid`
 */
export function proxyEnvironment(proxy: ProxySettings | undefined): {
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, string>>;
} {
  const env: Record<string, string> = {};
  const secretEnv: Record<string, string> = {};
  for (const [name, url] of [['HTTP_PROXY', proxy?.http] as const, ['HTTPS_PROXY', proxy?.https] as const]) {
    if (url === undefined) continue;
    const target = hasCredentials(name, url) ? secretEnv : env;
    for (const spelled of [name, name.toLowerCase()]) target[spelled] = url;
  }
  const isProxied = proxy?.http !== undefined || proxy?.https !== undefined;
  const given = proxy?.none?.split(',').map((host) => host.trim()) ?? [];
  const none = given.includes('*')
    ? '*'
    : [...new Set([...given, ...(isProxied ? neverProxied : [])])].join(',');
  if (none !== '') Object.assign(env, { NO_PROXY: none, no_proxy: none });
  return { env, secretEnv };
}

function hasCredentials(name: string, url: string): boolean {
  // Go takes a bare host:port, too.
  const text = url.includes('://') ? url : `http://${url}`;
  if (/^(?:https?|socks5h?):\/\/[^/]/.test(text) && URL.canParse(text)) return text.includes('@');
  throw new KanikitError({
    code: 'proxy-invalid',
    message: `Setting ${name} of the pod: it is not the URL of a proxy.`,
    hint: 'Write http://host:port, with user:password@ before the host where the proxy asks for it.',
  });
}
