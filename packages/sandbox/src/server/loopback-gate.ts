import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { userInfo } from 'node:os';
import type { RequestHandler } from '../registry/handler.ts';
import { peerOwner } from './peer-owner.ts';

/** Names that lead to this machine whatever a name server says. */
const loopbackName = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[a-z0-9-]+\.)*localhost)\.?(?::\d+)?$/i;

const answers = new WeakMap<Socket, Promise<boolean>>();

/** True for requests of processes of the user who runs the sandbox, and of root. The kernel is asked once for each connection. */
export function isOwnProcess(request: IncomingMessage): Promise<boolean> {
  const { socket } = request;
  const known = answers.get(socket);
  if (known !== undefined) return known;
  const answer = peerOwner(socket).then((owner) => owner === 0 || owner === userInfo().uid);
  answers.set(socket, answer);
  return answer;
}

/**
 * Refuses what a web page makes a browser send: requests for another host, whose name was made to lead here, and requests that name the page's
 * origin. Registry and bucket clients send neither.
 */
export function refusePages(handle: RequestHandler): RequestHandler {
  return (request, response) => {
    const { host, origin } = request.headers;
    if (origin !== undefined) return refuse(request, response, 'requests of web pages');
    if (host !== undefined && !loopbackName.test(host)) return refuse(request, response, 'other host names');
    handle(request, response);
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, what: string): void {
  request.resume();
  response.writeHead(403, { 'Content-Type': 'text/plain', Connection: 'close' });
  response.end(`The kanikit sandbox refuses ${what}. Ask for 127.0.0.1 or localhost.\n`);
}
