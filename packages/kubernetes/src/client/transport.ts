import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions } from 'node:https';
import { untilAborted } from '@kanikit/spec';
import type { ClientCredential, ClusterConnection } from '../connection/cluster-connection.ts';
import { http, https } from './node-http.ts';
import { createProxyAgent, findProxy } from './proxy.ts';

/** Probes of a silent connection start after this long, so a dead peer is noticed within half a minute. */
const tcpProbeAfterMs = 15_000;

/** What a connection needs besides the request itself. */
export interface Route {
  readonly agent: HttpAgent | HttpsAgent;
  readonly headers: Readonly<Record<string, string>>;
}

/** Agents and credentials of one API server. */
export interface Transport {
  readonly server: URL;
  /** `isRejected` asks for a fresh credential after a 401. */
  route(options: { readonly isRejected: boolean; readonly signal: AbortSignal }): Promise<Route>;
  /** Whether a fresh credential can be had at all. */
  readonly canRefresh: boolean;
  close(): void;
}

/** Makes the transport of a connection; one keep-alive agent per client certificate. */
export function createTransport(connection: ClusterConnection): Transport {
  const server = new URL(connection.server);
  const { credential } = connection;
  let current: { readonly key: string; readonly agent: HttpAgent | HttpsAgent } | undefined;

  const agentFor = (identity: ClientCredential): HttpAgent | HttpsAgent => {
    const key = `${identity.certificate ?? ''}\n${identity.key ?? ''}`;
    if (current?.key !== key) {
      // Requests under way keep the sockets of the old agent until they end.
      current = { key, agent: createAgent(server, connection, identity) };
    }
    return current.agent;
  };

  return {
    server,
    canRefresh: typeof credential === 'function',
    async route(options) {
      const identity =
        typeof credential === 'function'
          ? await untilAborted(credential(options), options.signal)
          : (credential ?? {});
      const authorization = authorizationOf(identity);
      return {
        agent: agentFor(identity),
        headers: authorization === undefined ? {} : { authorization },
      };
    },
    close() {
      current?.agent.destroy();
    },
  };
}

function createAgent(
  server: URL,
  connection: ClusterConnection,
  identity: ClientCredential,
): HttpAgent | HttpsAgent {
  const options: AgentOptions = {
    keepAlive: true,
    keepAliveMsecs: tcpProbeAfterMs,
    scheduling: 'lifo',
    ...(connection.certificateAuthority === undefined ? {} : { ca: connection.certificateAuthority }),
    ...(identity.certificate === undefined ? {} : { cert: identity.certificate }),
    ...(identity.key === undefined ? {} : { key: identity.key }),
    ...(connection.tlsServerName === undefined ? {} : { servername: connection.tlsServerName }),
    ...(connection.isServerUnverified === true ? { rejectUnauthorized: false } : {}),
  };
  const proxy = findProxy(server, connection.proxyUrl, process.env);
  if (proxy !== undefined) return createProxyAgent(server, proxy, options);
  return server.protocol === 'http:' ? new http.Agent(options) : new https.Agent(options);
}

function authorizationOf(identity: ClientCredential): string | undefined {
  if (identity.token !== undefined && identity.token !== '') return `Bearer ${identity.token}`;
  if (identity.basic === undefined) return undefined;
  const pair = `${identity.basic.username}:${identity.basic.password}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
