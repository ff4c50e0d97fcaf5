import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { authenticate, isAllowed, refusal, type SandboxUser } from './access.ts';
import { podAttach } from './handlers/attach.ts';
import type { ApiContext } from './handlers/context.ts';
import { aggregatedMediaType, discover } from './handlers/discovery.ts';
import { dispatch } from './handlers/dispatch.ts';
import { openApi } from './handlers/openapi.ts';
import {
  badRequest,
  forbidden,
  methodNotAllowed,
  noSuchResource,
  StatusError,
  statusOf,
  unauthorized,
} from './status-error.ts';
import { writeAnswer, writeError, writeText } from './http/answer.ts';
import { parseRoute, type RequestInfo } from './http/request-info.ts';

export interface ApiServer {
  readonly context: ApiContext;
  readonly users: readonly SandboxUser[];
  readonly closing: AbortSignal;
}

/** What needs no token, as on a real cluster. */
const publicPaths = new Set(['/healthz', '/livez', '/readyz', '/version']);

/** Answers one request; never rejects. */
export async function serveRequest(
  server: ApiServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([server.closing, gone.signal]);
  try {
    const route = parseRoute(request.method ?? 'GET', request.url ?? '/');
    if (route.kind === 'other') {
      serveOther(server, request, response, route.path);
      return;
    }
    const user = identify(server, request);
    if (route.kind === 'unknown-resource') throw noSuchResource();
    if (route.kind === 'method-not-allowed') throw methodNotAllowed();
    authorize(user, route.info);
    const answer = await dispatch(server.context, { info: route.info, user, request, response, signal });
    if (answer !== undefined) writeAnswer(response, answer);
  } catch (error) {
    if (!signal.aborted) writeError(response, error);
    else if (!response.writableEnded) response.destroy();
  }
}

/** Answers a request to upgrade the connection; never rejects. */
export async function serveUpgrade(
  server: ApiServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  try {
    const route = parseRoute(request.method ?? 'GET', request.url ?? '/');
    const user = identify(server, request);
    if (route.kind === 'unknown-resource' || route.kind === 'other') throw noSuchResource();
    if (route.kind === 'method-not-allowed') throw methodNotAllowed();
    authorize(user, route.info);
    if (route.info.subresource !== 'attach') throw badRequest('this resource can not be upgraded');
    const response = new ServerResponse(request);
    const call = { info: route.info, user, request, response, signal: server.closing };
    await podAttach(server.context, call, socket, head);
  } catch (error) {
    refuseUpgrade(socket, error);
  }
}

function identify(server: ApiServer, request: IncomingMessage): SandboxUser {
  const user = authenticate(request, server.users);
  if (user === undefined) throw unauthorized();
  const header = request.headers['impersonate-user'];
  if (typeof header !== 'string' || header === '') return user;
  // Node reads headers as Latin-1; clients send UTF-8.
  const other = Buffer.from(header, 'latin1').toString('utf8');
  const wanted = {
    verb: 'impersonate',
    group: '',
    resource: 'users',
    subresource: '',
    namespace: '',
    name: other,
  };
  if (!isAllowed(user.rules, wanted))
    throw forbidden({ group: '', plural: 'users' }, other, refusal(user.name, wanted));
  return server.users.find(({ name }) => name === other) ?? { name: other, token: '', rules: [] };
}

function authorize(user: SandboxUser, info: RequestInfo): void {
  // Every user may ask what he may do, as `system:basic-user` grants it.
  if (info.group === 'authorization.k8s.io' || isAllowed(user.rules, info)) return;
  throw forbidden({ group: info.group, plural: info.resource }, info.name, refusal(user.name, info));
}

function serveOther(
  server: ApiServer,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const isHealth = /^\/(healthz|livez|readyz)(\/|$)/.test(path);
  if (!publicPaths.has(path) && !isHealth) identify(server, request);
  if (isHealth) {
    writeText(response, 200, 'ok');
    return;
  }
  const { accept, host = '' } = request.headers;
  const body = discover(path, accept, host) ?? openApi(path);
  // Groups that are not served are unknown to the whole server: plain text, no `Status`.
  if (body === undefined) {
    writeText(response, 404, '404 page not found\n');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  const isAggregated = (body as { kind?: string }).kind === 'APIGroupDiscoveryList';
  writeAnswer(response, { code: 200, body, ...(isAggregated ? { mediaType: aggregatedMediaType } : {}) });
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', String((error as Error).message));
  const body = JSON.stringify(statusOf(status));
  socket.end(
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
