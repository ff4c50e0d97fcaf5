import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from './certificate-authority.ts';
import { goPart } from './go-part.ts';
import { findFreePort, type ServerProgram, startServer } from './start-server.ts';

/** Google Cloud Storage as fake-gcs-server plays it, in memory. It checks neither credentials nor signatures. */
export interface FakeGcsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, `https:` with a certificate. */
  readonly url: string;
  /** The same without TLS. */
  readonly controlUrl: string;
  addBucket(name: string): Promise<void>;
  /** Takes requests for this origin as its own: that of a proxy before it. */
  answerAs(origin: string): Promise<void>;
}

export interface FakeGcsServerOptions {
  /** Makes it speak TLS. */
  readonly certificate?: ServerCertificate;
  /** Keeps objects on a disk of its own, of so many bytes. @default in memory, without a limit */
  readonly diskBytes?: number;
  readonly signal: AbortSignal;
}

export async function startFakeGcsServer(options: FakeGcsServerOptions): Promise<FakeGcsServer> {
  const file = await goPart('fake-gcs-server', options.signal);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-fake-gcs-'));
  const port = await findFreePort();
  // Its http port takes what the tests ask of it; contexts come over the other where there is a certificate.
  const httpPort = options.certificate === undefined ? port : await findFreePort();
  const control = `http://127.0.0.1:${httpPort}`;
  const disk = join(folder, 'disk');
  const server = await startServer({
    ...onDisk(file, disk, options.diskBytes, [
      '-host',
      '127.0.0.1',
      '-port',
      String(port),
      '-public-host',
      `127.0.0.1:${port}`,
      ...(await transport(folder, options.certificate, httpPort)),
    ]),
    listens: new RegExp(`server started at ${control}`),
  });
  return {
    controlUrl: control,
    url: options.certificate === undefined ? control : `https://127.0.0.1:${port}`,
    addBucket: async (name) => await ask(`${control}/storage/v1/b`, 'POST', { name }),
    answerAs: async (origin) =>
      await ask(`${control}/_internal/config`, 'PUT', {
        externalUrl: origin,
        publicHost: new URL(origin).host,
      }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function onDisk(
  file: string,
  disk: string,
  diskBytes: number | undefined,
  args: readonly string[],
): Pick<ServerProgram, 'file' | 'args'> {
  if (diskBytes === undefined) return { file, args: ['-backend', 'memory', ...args] };
  const script = 'mkdir "$1" && mount -t tmpfs -o "size=$2" tmpfs "$1" && shift 2 && exec "$@"';
  const namespace = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];
  const server = [file, '-backend', 'filesystem', '-filesystem-root', disk, ...args];
  return {
    file: 'unshare',
    args: [...namespace, 'sh', '-c', script, 'sh', disk, String(diskBytes), ...server],
  };
}

async function transport(
  folder: string,
  certificate: ServerCertificate | undefined,
  httpPort: number,
): Promise<readonly string[]> {
  if (certificate === undefined) return ['-scheme', 'http'];
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await writeFile(certificateFile, certificate.certificate);
  await writeFile(keyFile, certificate.key, { mode: 0o600 });
  return [
    '-scheme',
    'both',
    '-port-http',
    String(httpPort),
    '-cert-location',
    certificateFile,
    '-private-key-location',
    keyFile,
  ];
}

async function ask(url: string, method: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}
