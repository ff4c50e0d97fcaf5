import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ClusterConnection, loadConnection } from '@kanikit/kubernetes';
import { type ConnectionQuestion, type Oracle, startOracle } from './oracle.ts';

/** A request to an API server, or `refused`: no request can be made. */
export type Reading = 'refused' | Readonly<Record<string, string | boolean | undefined>>;

export interface Readings {
  readonly clientGo: Reading;
  readonly kanikit: Reading;
  /** What was said by those who refused, for the report of a failed test. */
  readonly words: readonly (string | undefined)[];
}

/** Files of a question by name; undefined for one that is listed and not there. */
export type Files = Readonly<Record<string, string | Buffer | undefined>>;

export interface BothReaders extends AsyncDisposable {
  /** Names of files in the question are relative to a folder of their own. */
  ask(files: Files, question?: ConnectionQuestion): Promise<Readings>;
}

/** Lets client-go and kanikit read the same kubeconfigs, side by side with a certificate, a key and a token in files. */
export async function startBoth(signal: AbortSignal): Promise<BothReaders> {
  const oracle: Oracle = await startOracle(signal);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-kubeconfigs-'));
  await mkdir(join(folder, 'deep'));
  for (const [name, text] of Object.entries(await pemFiles())) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'tok'), 'filetoken\n');
  await writeFile(join(folder, 'empty-tok'), ' \n');
  return {
    async ask(files, question = {}) {
      const names = Object.keys(files);
      for (const [name, text] of Object.entries(files)) {
        await rm(join(folder, name), { force: true });
        if (text !== undefined) await writeFile(join(folder, name), text);
      }
      const list = (question.list ?? names.join(delimiter))
        .split(delimiter)
        .map((name) => (name === '' ? '' : join(folder, name)))
        .join(delimiter);
      const file = question.file === undefined ? undefined : join(folder, question.file);
      const asked = { ...question, list, ...(file === undefined ? {} : { file }) };
      const answer = await oracle.ask({ connection: asked });
      const mine = await readByKanikit(asked, folder).catch((error: unknown) => error);
      return {
        clientGo: answer.error === undefined ? ofAnswer(answer) : 'refused',
        kanikit: mine instanceof Error ? 'refused' : (mine as Reading),
        words: [answer.error, mine instanceof Error ? mine.message : undefined],
      };
    },
    async [Symbol.asyncDispose]() {
      await oracle[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A certificate that is its own authority, with its key. */
async function pemFiles(): Promise<Readonly<Record<'ca.crt' | 'cert.pem' | 'key.pem', string>>> {
  const fixtures = new URL('../../../packages/kubernetes/src/testing/fixtures/', import.meta.url);
  const certificate = await readFile(new URL('client.crt', fixtures), 'utf8');
  const key = await readFile(new URL('client.key', fixtures), 'utf8');
  return { 'ca.crt': certificate, 'cert.pem': certificate, 'key.pem': key };
}

function ofAnswer(answer: Awaited<ReturnType<Oracle['ask']>>): Reading {
  const headers = answer.headers ?? {};
  return {
    url: withoutLogin(answer.url ?? ''),
    namespace: answer.namespace,
    authorization: sent(headers['Authorization']?.[0]),
    actsAs: headers['Impersonate-User']?.[0],
    proxy: answer.proxy === undefined ? undefined : new URL(answer.proxy).href,
    authority: answer.authority,
    certificate: answer.certificate,
    key: answer.key,
    serverName: answer.serverName,
    isUnverified: answer.unverified === true,
  };
}

async function readByKanikit(question: ConnectionQuestion, home: string): Promise<Reading> {
  const connection = await loadConnection({
    env: { KUBECONFIG: question.list, PATH: process.env['PATH'] },
    kubeconfig: question.file,
    context: question.context,
    namespace: question.namespace,
    homeFolder: home,
  });
  const { credential } = connection;
  const identity =
    typeof credential === 'function'
      ? await credential({ isRejected: false, signal: AbortSignal.timeout(30_000) })
      : (credential ?? {});
  const url = new URL(connection.server);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/version`;
  url.search = '';
  url.hash = '';
  const isSecure = url.protocol === 'https:';
  return {
    url: url.href,
    namespace: connection.namespace,
    authorization: sent(authorizationOf(identity)),
    actsAs: connection.impersonation?.user,
    proxy: connection.proxyUrl === undefined ? undefined : new URL(connection.proxyUrl).href,
    ...(isSecure ? trustOf(connection) : { isUnverified: false }),
    certificate: identity.certificate,
    key: identity.key,
  };
}

function trustOf(connection: ClusterConnection): Readonly<Record<string, string | boolean | undefined>> {
  return {
    authority: connection.certificateAuthority,
    serverName: connection.tlsServerName,
    isUnverified: connection.isServerUnverified === true,
  };
}

function authorizationOf({
  token = '',
  basic,
}: {
  readonly token?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
}): string | undefined {
  if (token !== '') return `Bearer ${token}`;
  if (basic === undefined) return undefined;
  return `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
}

/** Go keeps the login of a server in its address. */
function withoutLogin(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Both trim what they send, and neither sends a line break. */
function sent(header: string | undefined): string | undefined {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (header !== undefined && /[\u0000-\u0008\u000a-\u001f\u007f]/.test(header))
    throw new Error('a control character in a header');
  return header?.trim();
}
