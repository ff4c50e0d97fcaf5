import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** For each server. A thousand builds that all push and are watched come to a fraction. */
const mostConnections = 8192;
/** Of what this process may have open. Four servers come to half of it; pods, logs and objects need the rest. */
const shareOfDescriptors = 1 / 8;
/** How long the rest of a body may take once its request is answered, e.g. refused. */
const restOfBodyMs = 10_000;

/** Keeps whoever connects from using up this process' descriptors, and from holding a connection with a request that never ends. */
export function limitConnections(server: Server, options: { readonly restMs?: number } = {}): void {
  server.maxConnections = connectionsFor(readFileSync('/proc/self/limits', 'utf8'));
  server.on('request', (request, response) => endSlowBody(request, response, options.restMs ?? restOfBodyMs));
}

/** How many connections one server may have, by the text of `/proc/self/limits`. */
export function connectionsFor(limits: string): number {
  const [, open] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return open === undefined
    ? mostConnections
    : Math.min(mostConnections, Math.floor(Number(open) * shareOfDescriptors));
}

function endSlowBody(request: IncomingMessage, response: ServerResponse, restMs: number): void {
  // The request has no socket any more once the connection has ended.
  const { socket } = request;
  response.once('finish', () => {
    if (request.complete || socket.destroyed) return;
    const timer = setTimeout(() => {
      if (!request.complete) socket.destroy();
    }, restMs);
    const forget = (): void => clearTimeout(timer);
    request.once('close', forget);
    socket.once('close', forget);
  });
}
