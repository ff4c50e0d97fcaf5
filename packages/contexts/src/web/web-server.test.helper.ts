import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface WebServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

/** A web server that is gone after the test: answers by path, in turn where there are several for one. */
export async function startWebServer(
  answers: Readonly<Record<string, readonly Answer[]>>,
): Promise<WebServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0]!;
    const turn = requests.filter((earlier) => earlier.url === request.url).length;
    requests.push(request);
    const choices = answers[path] ?? [];
    const answer = choices[Math.min(turn, choices.length - 1)];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export const body =
  (contents: string | Buffer, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(200, headers).end(contents);

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();
