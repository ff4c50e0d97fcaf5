import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts';
import type { RequestHandler } from '../registry/handler.ts';
import { limitConnections } from './connection-limits.ts';
import type { ServerCertificate } from './server-certificate.ts';
import { listen } from './listen.ts';
import { refusePages } from './loopback-gate.ts';
import type { SandboxServer } from './options.ts';

/** Outside the ephemeral range, so that no outgoing connection sits on them. */
const usualPorts: Readonly<Record<SandboxServer, number>> = {
  api: 17443,
  registry: 17444,
  bucket: 17445,
  bucketHttp: 17446,
};

export interface ServerSet extends AsyncDisposable {
  readonly ports: Readonly<Record<SandboxServer, number>>;
  /** From now on requests to the API are answered. */
  attach(api: KubernetesApi): void;
}

/** Starts the sandbox's four servers on loopback. All or none. */
export async function startServers(options: {
  readonly certificate: ServerCertificate;
  readonly registry: RequestHandler;
  readonly bucket: RequestHandler;
  readonly kept: Readonly<Record<string, number>>;
  readonly forced: Readonly<Partial<Record<SandboxServer, number>>>;
}): Promise<ServerSet> {
  const { certificate, registry, bucket, kept, forced } = options;
  const tls = { cert: certificate.certificate, key: certificate.key, ca: certificate.authority };
  const servers: Readonly<Record<SandboxServer, Server>> = {
    api: createSecureServer(tls),
    registry: createServer(refusePages(registry)),
    bucket: createSecureServer(tls, refusePages(bucket)),
    bucketHttp: createServer(refusePages(bucket)),
  };
  const close = async () => {
    await Promise.all(Object.values(servers).map(closeServer));
  };
  const names = Object.keys(servers) as SandboxServer[];
  const ports: Partial<Record<SandboxServer, number>> = {};
  try {
    for (const name of names) {
      const server = servers[name];
      // Builds push layers for minutes, watches last for hours.
      server.requestTimeout = 0;
      server.keepAliveTimeout = 60_000;
      limitConnections(server);
      ports[name] = await listen(server, {
        name,
        preferred: kept[name] ?? usualPorts[name],
        forced: forced[name],
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ports: ports as Record<SandboxServer, number>,
    attach(api) {
      servers.api.on('request', api.handle);
      servers.api.on('upgrade', api.upgrade);
    },
    [Symbol.asyncDispose]: close,
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The error only says that it was not listening.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
