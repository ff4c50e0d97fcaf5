import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { chooseProxy, type Environment } from './choose-proxy.ts';
import { http, https } from './node-http.ts';
import { openTunnel } from './open-tunnel.ts';
import { parseProxy } from './parse-proxy.ts';

/** Which proxy an agent takes. */
export interface ProxyChoice {
  /** A proxy for every connection, in place of what the environment names. */
  readonly proxy?: string | undefined;
  /** @default that of the process */
  readonly env?: Environment | undefined;
  /** True reaches servers of plain http by CONNECT, too, which WebSockets need; proxies often allow it for port 443 alone. @default false */
  readonly isTunnelled?: boolean | undefined;
}

/**
 * Makes an agent whose connections go through the proxy of their address where there is one. The proxy of an https server is chosen for each
 * connection, so the agent follows to other hosts; that of an http server once, by the target.
 *
 * @throws ProxyError
 */
export function createProxiedAgent(
  target: URL,
  options: AgentOptions,
  { proxy, env = process.env, isTunnelled = false }: ProxyChoice = {},
): HttpAgent | HttpsAgent {
  const explicit = proxy === undefined || proxy === '' ? undefined : parseProxy(proxy);
  const choose = (address: URL): URL | undefined => explicit ?? chooseProxy(address, env);
  const chosen = choose(target);
  if (target.protocol === 'https:') return tunnelling(new https.Agent(options), 'https', choose);
  if (chosen === undefined) return new http.Agent(options);
  if (isTunnelled || !canForward) return tunnelling(new http.Agent(options), 'http', choose);
  return new http.Agent({ ...options, proxyEnv: { http_proxy: chosen.href } });
}

/** Node learned to ask a proxy for http URLs in 22.21 and 24.5. */
const canForward = hasForwarding(process.versions.node);

function hasForwarding(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

function tunnelling<Agent extends HttpAgent>(
  agent: Agent,
  scheme: 'http' | 'https',
  choose: (address: URL) => URL | undefined,
): Agent {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const { host, port } = options as { readonly host?: string; readonly port?: string | number };
    const name = host ?? 'localhost';
    const address = `${name.includes(':') ? `[${name}]` : name}:${port ?? (scheme === 'https' ? 443 : 80)}`;
    let proxy: URL | undefined;
    try {
      proxy = choose(new URL(`${scheme}://${address}`));
    } catch (error) {
      process.nextTick(() => done?.(error as Error, undefined as unknown as Duplex));
      return undefined;
    }
    if (proxy === undefined) return connect(options, done);
    openTunnel(proxy, address, (error, tunnel) => {
      if (tunnel === undefined) return done?.(error, undefined as unknown as Duplex);
      // With the agent's own way to make it secure: names, certificates and sessions stay as without a proxy.
      const socket = scheme === 'https' ? connect({ ...options, socket: tunnel } as typeof options) : tunnel;
      return done?.(null, socket as Duplex);
    });
    return undefined;
  };
  return agent;
}
