import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server that gives the answers of Google which the emulators do not give. Answers of undefined break the connection. */
export async function startScriptedGcs(
  answer: (request: ScriptedRequest, origin: string) => ScriptedAnswer | undefined,
): Promise<{ readonly url: string; readonly requests: readonly ScriptedRequest[] }> {
  const requests: ScriptedRequest[] = [];
  let origin = '';
  const server = createServer((incoming, response) => {
    void buffer(incoming).then((body) => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', origin);
      const { headers, method = '' } = incoming;
      const request = { method, path: pathname, query: searchParams, headers, body };
      requests.push(request);
      const given = answer(request, origin);
      if (given === undefined) return incoming.socket.destroy();
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers });
      return response.end(given.body === undefined ? '{}' : JSON.stringify(given.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: origin, requests };
}

/** An error as the JSON API tells it. */
export function apiError(code: number, message: string): ScriptedAnswer {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'global' }] } } };
}
