import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KanikitError } from '@kanikit/spec';

export interface PortWish {
  /** For messages, e.g. `registry`. */
  readonly name: string;
  /** The port of the last start, or the usual one. */
  readonly preferred: number;
  /** The port the user insists on. */
  readonly forced?: number | undefined;
}

/**
 * Lets a server listen on loopback: on the forced port or not at all, else on the preferred one or any free one. Returns the port.
 *
 * Throws `sandbox-port-taken`.
 */
export async function listen(server: Server, wish: PortWish): Promise<number> {
  const { forced, preferred } = wish;
  try {
    return await listenOn(server, forced ?? preferred);
  } catch (error) {
    if (!['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    if (forced === undefined) return listenOn(server, 0);
    throw new KanikitError({
      code: 'sandbox-port-taken',
      message: `Starting the sandbox's ${wish.name} on 127.0.0.1:${forced} failed: the port is ${
        (error as NodeJS.ErrnoException).code === 'EACCES'
          ? 'not allowed for this user'
          : 'taken by another program'
      }.`,
      hint: 'Choose another port, or leave it out: the sandbox then takes a free one.',
      cause: error,
    });
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
