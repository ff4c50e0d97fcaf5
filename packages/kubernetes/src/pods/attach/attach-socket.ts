import type { ClientRequest, IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { ApiClient, ApiRequest } from '../../api/client/api-client.ts';
import { connectionError, hasStatus, parseStatus, statusError } from '../../api/client/api-error.ts';

/** v5 can say "end of input"; v4, before Kubernetes 1.30, can't. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const handshakeTimeoutMs = 20_000;

/**
 * Opens the WebSocket of an attach.
 *
 * @throws ApiError the server's refusal, or a connection that failed
 */
export async function openAttachSocket(
  client: ApiClient,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<WebSocket> {
  // Only builds that stream their context pay for loading it.
  const { WebSocket } = await import('ws');
  const open = async (isRejected: boolean): Promise<WebSocket> => {
    const { url, headers, agent } = await client.upgrade(request, { isRejected, signal });
    signal.throwIfAborted();
    const socket = new WebSocket(url, protocols, {
      agent,
      headers: { ...headers, 'user-agent': 'kanikit' },
      perMessageDeflate: false,
      handshakeTimeout: handshakeTimeoutMs,
    });
    return settle(socket, client, request, signal);
  };
  try {
    return await open(false);
  } catch (error) {
    if (!hasStatus(error, 401)) throw error;
    return open(true);
  }
}

function settle(
  socket: WebSocket,
  client: ApiClient,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const done = (): void => signal.removeEventListener('abort', onAbort);
    socket.once('open', () => {
      done();
      resolve(socket);
    });
    // Stays for the life of the socket: an error that nobody hears would end the process.
    socket.on('error', (error) => {
      done();
      reject(connectionError(request.what, client.server, error));
    });
    socket.once('unexpected-response', (outgoing: ClientRequest, response: IncomingMessage) => {
      done();
      readRefusal(response).then(
        (text) => {
          const status = parseStatus(response.statusCode ?? 0, text, response.headers['retry-after']);
          reject(statusError(request.what, client.server, status));
          outgoing.destroy();
        },
        (error: unknown) => reject(connectionError(request.what, client.server, error)),
      );
    });
  });
}

const largestRefusalBytes = 64 * 1024;

async function readRefusal(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > largestRefusalBytes) break;
  }
  return text;
}
