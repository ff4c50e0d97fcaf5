import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerCertificate } from './certificate-authority.ts';
import type { Fault } from './fault.ts';
import { type CountedRequest, type ProxyTarget, relayRequest, type SeenRequest } from './relay-request.ts';
import { relayUpgrade } from './relay-upgrade.ts';

export type { SeenRequest } from './relay-request.ts';

/** Which requests go wrong, and how. The first rule that fits a request and is not used up has it. */
export interface FaultRule {
  readonly fault: Fault;
  /** Another fault for each request, in place of `fault`. */
  readonly choose?: (request: SeenRequest) => Fault;
  /** @default every request */
  readonly when?: (request: SeenRequest) => boolean;
  /** So many fitting requests go well first. @default 0 */
  readonly after?: number;
  /** So many fitting requests go wrong. @default 1 */
  readonly times?: number;
}

/** An HTTP server before any other, which makes go wrong what the rules say, and counts. */
export interface FaultProxy extends AsyncDisposable {
  /** Origin to use instead of the server's. */
  readonly url: string;
  readonly port: number;
  /** Every request since the start or the last `forget`, oldest first. */
  readonly requests: readonly SeenRequest[];
  add(...rules: readonly FaultRule[]): void;
  /** Drops all rules and all seen requests. */
  forget(): void;
  /** Breaks every connection that is open. */
  sever(): void;
}

/** All headers pass unchanged, `Host` too, so signatures stay valid. */
export interface FaultProxyOptions extends ProxyTarget {
  /** Makes the proxy speak TLS. */
  readonly certificate?: ServerCertificate;
  readonly rules?: readonly FaultRule[];
  /** Address to listen on. @default 127.0.0.1 */
  readonly host?: string;
}

type LiveRule = FaultRule & { fitting: number };

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const rules: LiveRule[] = [];
  const requests: CountedRequest[] = [];
  const add = (...added: readonly FaultRule[]): void => {
    rules.push(...added.map((rule) => ({ ...rule, fitting: 0 })));
  };
  add(...(options.rules ?? []));

  const see = (request: IncomingMessage): CountedRequest => {
    const { method = '', url: path = '', headers } = request;
    const seen: CountedRequest = {
      method,
      path,
      headers,
      requestBytes: 0,
      responseBytes: 0,
      status: undefined,
      fault: undefined,
    };
    seen.fault = takeFault(rules, seen);
    requests.push(seen);
    return seen;
  };
  const { certificate, host = '127.0.0.1' } = options;
  const server =
    certificate === undefined
      ? createServer()
      : createTlsServer({ cert: certificate.certificate, key: certificate.key });
  const connections = new Set<Duplex>();
  // Whatever breaks on one side breaks the other.
  server.on('request', (request, response) => {
    const { socket } = request;
    relayRequest(options, see(request), request, response).catch(() => socket.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    relayUpgrade(options, see(request), request, socket, head).catch(() => socket.destroy());
  });
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sever = (): void => {
    server.closeAllConnections();
    for (const connection of connections) connection.destroy();
  };
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    requests,
    add,
    forget: () => {
      rules.length = 0;
      requests.length = 0;
    },
    sever,
    [Symbol.asyncDispose]: async () => {
      server.close();
      sever();
      await once(server, 'close');
    },
  };
}

function takeFault(rules: readonly LiveRule[], seen: SeenRequest): Fault | undefined {
  for (const rule of rules) {
    const after = rule.after ?? 0;
    if (rule.when?.(seen) === false || rule.fitting >= after + (rule.times ?? 1)) continue;
    rule.fitting += 1;
    if (rule.fitting > after) return rule.choose?.(seen) ?? rule.fault;
  }
  return undefined;
}
