import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent, AgentOptions } from 'node:https';
import { KanikitError, untilAborted } from '@kanikit/spec';
import { createProxiedAgent, ProxyError } from '@kanikit/toolkit/proxy';
import type { ClientCredential, ClusterConnection } from '../connection/cluster-connection.ts';
import { impersonationHeaders } from '../connection/impersonation.ts';

/** Probes of a silent connection start after this long, so a dead peer is noticed within half a minute. */
const tcpProbeAfterMs = 15_000;

/** What a connection needs besides the request itself. */
export interface Route {
  readonly agent: HttpAgent | HttpsAgent;
  /** Who asks, and as whom; more than one value is more than one line. */
  readonly headers: Readonly<Record<string, string | string[]>>;
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
  const { credential, impersonation } = connection;
  const acting = impersonation === undefined ? {} : impersonationHeaders(impersonation);
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
      const named = Object.entries({
        ...acting,
        ...(authorization === undefined ? {} : { authorization: [authorization] }),
      });
      const headers = named.map(([name, values]) => {
        return [name, values.map((value) => headerValue(name, value, connection))] as const;
      });
      return { agent: agentFor(identity), headers: Object.fromEntries(headers) };
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
  try {
    // WebSockets need a tunnel.
    return createProxiedAgent(server, options, { proxy: connection.proxyUrl, isTunnelled: true });
  } catch (error) {
    throw error instanceof ProxyError ? unusableProxy(connection, error) : error;
  }
}

function unusableProxy({ name, proxyUrl }: ClusterConnection, cause: ProxyError): KanikitError {
  const isConfigured = proxyUrl !== undefined && proxyUrl !== '';
  return new KanikitError({
    code: isConfigured ? 'kubeconfig-invalid' : 'proxy-invalid',
    message: `Using the cluster ${name}: ${isConfigured ? 'proxy-url: ' : ''}${cause.message}.`,
    hint: `Name an http:// or https:// proxy${isConfigured ? '' : ', or except the cluster with NO_PROXY'}.`,
    cause,
  });
}

function authorizationOf(identity: ClientCredential): string | undefined {
  if (identity.token !== undefined && identity.token !== '') return `Bearer ${identity.token}`;
  if (identity.basic === undefined) return undefined;
  const pair = `${identity.basic.username}:${identity.basic.password}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** Bytes as Go sends them: UTF-8, without blanks around them. A line break would begin another header. */
function headerValue(name: string, value: string, { name: cluster }: ClusterConnection): string {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (!/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return Buffer.from(value.trim()).toString('latin1');
  const what = name === 'authorization' ? 'the token' : `the value for ${name}`;
  throw new KanikitError({
    code: 'kubeconfig-invalid',
    message: `Using the cluster ${cluster}: ${what} holds a line break or another control character.`,
    hint: 'Correct the kubeconfig, or what its plugin or token file gives.',
  });
}
