import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from './certificate-authority.ts';
import { goPart } from './go-part.ts';
import { findFreePort, startServer } from './start-server.ts';

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
  /** Keeps objects as files of this folder. @default in memory */
  readonly folder?: string;
  readonly signal: AbortSignal;
}

export async function startFakeGcsServer(options: FakeGcsServerOptions): Promise<FakeGcsServer> {
  const file = await goPart('fake-gcs-server', options.signal);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-fake-gcs-'));
  const port = await findFreePort();
  // Its http port takes what the tests ask of it; contexts come over the other where there is a certificate.
  const httpPort = options.certificate === undefined ? port : await findFreePort();
  const control = `http://127.0.0.1:${httpPort}`;
  const server = await startServer({
    file,
    args: [
      ...(options.folder === undefined
        ? ['-backend', 'memory']
        : ['-backend', 'filesystem', '-filesystem-root', options.folder]),
      '-host',
      '127.0.0.1',
      '-port',
      String(port),
      '-public-host',
      `127.0.0.1:${port}`,
      ...(await transport(folder, options.certificate, httpPort)),
    ],
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
