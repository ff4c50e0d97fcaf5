import { isIP } from 'node:net';
import { addressOf, isLoopback } from './ip-address.ts';
import { exempts } from './no-proxy.ts';
import { parseProxy, ProxyError } from './parse-proxy.ts';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address, by the rules of Go's `httpproxy`, which kubectl and the executor follow, too: `HTTPS_PROXY`,
 * `HTTP_PROXY` and `NO_PROXY`, each in capitals first. This machine itself is never reached through a proxy. Undefined: none.
 *
 * Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
 *
 * @throws ProxyError for a proxy that can't be used; Go would go without one
 */
export function chooseProxy(target: URL, env: Environment): URL | undefined {
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  if (!/^https?:$/.test(target.protocol)) return undefined;
  // There the name is one of a header of the request: https://golang.org/s/cgihttpproxy
  if (name === 'HTTP_PROXY' && env['REQUEST_METHOD']) return undefined;
  const text = readVariable(env, name);
  if (text === undefined || !isProxied(target, readVariable(env, 'NO_PROXY') ?? '')) return undefined;
  try {
    return parseProxy(text);
  } catch (error) {
    if (error instanceof ProxyError) throw new ProxyError(`${name}: ${error.message}`);
    throw error;
  }
}

function isProxied(target: URL, list: string): boolean {
  const host = target.hostname.replaceAll(/^\[|\]$/g, '');
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  // A dot at the end says that the name is whole.
  if (host === 'localhost' || host === 'localhost.') return false;
  const address = isIP(host) === 0 ? undefined : addressOf(host);
  if (address !== undefined && isLoopback(address)) return false;
  return !exempts(list, { host, port, address });
}

function readVariable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined;
}
