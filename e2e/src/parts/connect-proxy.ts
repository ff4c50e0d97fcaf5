import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** An http proxy (`CONNECT`) that leads every address to one server of this machine, as DNS can't be told to in a test. */
export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** Addresses that were asked for, `host:port`. */
  readonly asked: readonly string[];
}

export async function startConnectProxy(target: string): Promise<ConnectProxy> {
  const { hostname, port } = new URL(target);
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, client, head) => {
    asked.push(request.url ?? '');
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
