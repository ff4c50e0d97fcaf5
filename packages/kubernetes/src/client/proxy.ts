import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions } from 'node:https';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import { KanikitError } from '@kanikit/spec';
import { http, https } from './node-http.ts';

const connectTimeoutMs = 15_000;

/** The proxy for a server: the connection's own, else what the environment names, unless `NO_PROXY` covers the host. */
export function findProxy(
  server: URL,
  explicit: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (explicit !== undefined && explicit !== '') return explicit;
  const read = (name: string): string | undefined =>
    environment[name.toLowerCase()] || environment[name] || undefined;
  const fromEnvironment = server.protocol === 'https:' ? read('HTTPS_PROXY') : read('HTTP_PROXY');
  if (fromEnvironment === undefined || isExempt(server, read('NO_PROXY') ?? '')) return undefined;
  return fromEnvironment.includes('://') ? fromEnvironment : `http://${fromEnvironment}`;
}

/** An agent whose connections go through an http(s) proxy by CONNECT. */
export function createProxyAgent(
  server: URL,
  proxyUrl: string,
  options: AgentOptions,
): HttpAgent | HttpsAgent {
  const proxy = parseProxy(proxyUrl);
  const isSecure = server.protocol === 'https:';
  const agent = isSecure ? new https.Agent(options) : new http.Agent(options);
  const host = bareHost(server);
  const target = `${server.hostname}:${server.port === '' ? (isSecure ? 443 : 80) : server.port}`;
  agent.createConnection = (_options, callback) => {
    openTunnel(proxy, target, (error, tunnel) => {
      if (tunnel === undefined || !isSecure) {
        callback?.(error, tunnel as Duplex);
        return;
      }
      const servername = options.servername ?? (/^[\d.]+$|:/.test(host) ? '' : host);
      const secure = tls.connect({ ...options, socket: tunnel, host, servername });
      secure.once('secureConnect', () => callback?.(null, secure));
      secure.once('error', (reason) => callback?.(reason, secure));
    });
    return undefined;
  };
  return agent;
}

function openTunnel(
  proxy: URL,
  target: string,
  done: (error: Error | null, tunnel: Duplex | undefined) => void,
): void {
  const isSecure = proxy.protocol === 'https:';
  const headers: Record<string, string> = { host: target };
  if (proxy.username !== '') {
    const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const request = (isSecure ? https : http).request({
    host: bareHost(proxy),
    port: proxy.port === '' ? (isSecure ? 443 : 80) : proxy.port,
    method: 'CONNECT',
    path: target,
    headers,
    agent: false,
    timeout: connectTimeoutMs,
  });
  request.once('timeout', () => request.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
  request.once('error', (error) => done(error, undefined));
  request.once('connect', (response, socket) => {
    if (response.statusCode === 200) {
      socket.setTimeout(0);
      done(null, socket);
      return;
    }
    socket.destroy();
    done(new Error(`the proxy ${proxy.host} refused the connection: HTTP ${response.statusCode}`), undefined);
  });
  request.end();
}

function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new KanikitError({
    code: 'kubeconfig-invalid',
    message: `Reading the proxy of the cluster: "${url === undefined ? text : url.protocol}" is not supported.`,
    hint: 'Use an http:// or https:// proxy in proxy-url.',
  });
}

function isExempt(server: URL, list: string): boolean {
  const host = bareHost(server).toLowerCase();
  // As Go's clients do: this machine is never reached through a proxy of the environment.
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true;
  return list.split(/[\s,]+/).some((entry) => {
    const pattern = entry
      .toLowerCase()
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '');
    return pattern !== '' && (pattern === '*' || host === pattern || host.endsWith(`.${pattern}`));
  });
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
