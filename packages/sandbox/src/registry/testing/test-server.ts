import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { RequestHandler } from '../handler.ts';

export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
}

/** Serves a handler on a free port of the loopback interface. */
export async function startServer(handler: RequestHandler): Promise<TestServer> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface ServerProcess extends TestServer {
  /** Ends the process as `kill -9` does. */
  kill(): Promise<void>;
}

/**
 * Serves a handler from a process of its own. `expression` makes the handler, with `module` as the module's exports.
 * With `fileSizeLimitBytes` writes beyond it fail as on a full disk.
 */
export async function startServerProcess(
  moduleUrl: string,
  expression: string,
  fileSizeLimitBytes?: number,
): Promise<ServerProcess> {
  const code = `const module = await import(${JSON.stringify(moduleUrl)});
    const server = (await import('node:http')).createServer(${expression});
    server.listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port) + '\\n'));`;
  const node = [process.execPath, '--input-type=module', '--eval', code];
  // The limit counts in blocks of 512 bytes; with the signal ignored, a write beyond it returns an error.
  const shell = `trap '' XFSZ; ulimit -f ${Math.ceil((fileSizeLimitBytes ?? 0) / 512)}; exec "$@"`;
  const [file = '', ...args] = fileSizeLimitBytes === undefined ? node : ['sh', '-c', shell, 'sh', ...node];
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { url: `http://127.0.0.1:${String(port).trim()}`, kill, [Symbol.asyncDispose]: kill };
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Pushes a blob in one request and returns its digest. */
export async function pushBlob(
  url: string,
  repository: string,
  content: Uint8Array | string,
): Promise<string> {
  const digest = sha256(content);
  const response = await fetch(`${url}/v2/${repository}/blobs/uploads/?digest=${digest}`, {
    method: 'POST',
    body: Buffer.from(content),
  });
  if (response.status !== 201) throw new Error(`push answered ${response.status}: ${await response.text()}`);
  return digest;
}

export const imageManifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes a small image and returns its manifest's digest. */
export async function pushImage(
  url: string,
  repository: string,
  tag: string,
  content: string,
): Promise<string> {
  const layer = await pushBlob(url, repository, content);
  const config = await pushBlob(url, repository, '{}');
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: imageManifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer, size: content.length }],
  });
  const response = await fetch(`${url}/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': imageManifestType },
    body: manifest,
  });
  if (response.status !== 201) throw new Error(`push answered ${response.status}: ${await response.text()}`);
  return sha256(manifest);
}
