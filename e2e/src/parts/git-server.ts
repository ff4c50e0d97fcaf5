import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificateAuthority } from './certificate-authority.ts';
import { createGitRepository, type GitRepository } from './git-repository.ts';

/** A Git server over http or https: `git http-backend` behind a few lines of CGI. */
export interface GitServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string;
  /** Every request so far, oldest first: method, path and what it was authorised with. */
  readonly requests: readonly string[];
  /** Makes `/<name>.git` with one commit of these files on the branch `main`. */
  addRepository(name: string, files: Readonly<Record<string, string>>): Promise<GitRepository>;
}

export interface GitServerOptions {
  /** Serves https with a certificate of this authority. */
  readonly authority?: CertificateAuthority;
  /** `user:password` pairs that may read; everyone where it is absent. */
  readonly users?: readonly string[];
  /** Speaks the protocol of before 2018, in which a client gets what has a name and nothing else. @default false */
  readonly isOld?: boolean;
}

export async function startGitServer(folder: string, options: GitServerOptions = {}): Promise<GitServer> {
  const requests: string[] = [];
  const serveRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const user = userOf(request);
    requests.push(`${request.method} ${request.url}${user === undefined ? '' : ` as ${user}`}`);
    if (options.users === undefined || (user !== undefined && options.users.includes(user))) {
      void serve(folder, request, response, options.isOld ?? false);
      return;
    }
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?\n');
  };
  const issued = await options.authority?.issue(['127.0.0.1', 'localhost']);
  const server =
    issued === undefined
      ? createHttpServer(serveRequest)
      : createHttpsServer({ cert: issued.certificate, key: issued.key }, serveRequest);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `${issued === undefined ? 'http' : 'https'}://${host}`,
    requests,
    addRepository: async (name, files) => {
      const repository = await createGitRepository(folder, name);
      await repository.commit(files);
      return repository;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function userOf(request: IncomingMessage): string | undefined {
  const encoded = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString();
}

async function serve(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  isOld: boolean,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://git.invalid');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: isOld ? '' : String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A client that goes away is its own affair.
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of backend.stdout) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks);
  const end = answer.indexOf('\r\n\r\n');
  const headers = answer
    .subarray(0, end)
    .toString()
    .split('\r\n')
    .map((line) => line.split(': ') as [string, string]);
  const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
  response.writeHead(
    Number.parseInt(status, 10),
    Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
  );
  response.end(answer.subarray(end + 4));
}
