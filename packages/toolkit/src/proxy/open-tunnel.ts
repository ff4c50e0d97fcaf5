import type { Duplex } from 'node:stream';
import { http, https } from './node-http.ts';

/** Longest wait for a proxy to connect. */
const connectTimeoutMs = 15_000;

/** Asks a proxy for a connection to `host:port` (CONNECT). */
export function openTunnel(
  proxy: URL,
  target: string,
  done: (error: Error | null, tunnel: Duplex | undefined) => void,
): void {
  const isSecure = proxy.protocol === 'https:';
  const headers: Record<string, string> = { host: target };
  if (proxy.username !== '' || proxy.password !== '') {
    const pair = `${decode(proxy.username)}:${decode(proxy.password)}`;
    headers['proxy-authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const request = (isSecure ? https : http).request({
    host: proxy.hostname.replaceAll(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (isSecure ? 443 : 80) : proxy.port,
    method: 'CONNECT',
    path: target,
    headers,
    agent: false,
    timeout: connectTimeoutMs,
  });
  request.once('timeout', () => request.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
  // Not `once`: a socket may report twice, and an unheard error would end the process.
  request.on('error', (error) => done(failed(proxy, error), undefined));
  request.once('connect', (response, socket, head) => {
    if (response.statusCode === 200) {
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      done(null, socket);
      return;
    }
    socket.destroy();
    done(refused(proxy, response.statusCode), undefined);
  });
  // A proxy that takes the request for an ordinary one.
  request.once('response', (response) => {
    response.destroy();
    done(refused(proxy, response.statusCode), undefined);
  });
  request.end();
}

function failed({ host }: URL, cause: Error): Error {
  const error = new Error(`the proxy ${host} can't be reached: ${cause.message}`, { cause });
  return Object.assign(error, 'code' in cause ? { code: cause.code } : {});
}

function refused({ host }: URL, status: number | undefined): Error {
  const words = status === 407 ? 'it asks for another name and password' : `HTTP ${status}`;
  return new Error(`the proxy ${host} refused the connection: ${words}`);
}

/** Text that is no encoding stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
