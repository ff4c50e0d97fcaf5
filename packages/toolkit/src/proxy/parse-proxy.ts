/** A proxy that can't be used. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** As errors of Node have it. */
  readonly code = 'ERR_PROXY_INVALID';
}

/**
 * Reads the address of a proxy: a URL, or `host:port`, which is taken for http.
 *
 * @throws ProxyError, without the address: it may hold a password
 */
export function parseProxy(text: string): URL {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url === null || url.hostname === '') throw new ProxyError('the proxy is not a URL or host:port');
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  const kind = url.protocol.slice(0, -1);
  throw new ProxyError(`proxies of the kind ${kind} are not supported, only http and https`);
}
