import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeCause, quotePath } from '@kanikit/archive/errors';
import { KanikitError } from '@kanikit/spec';
import { chooseProxy, ProxyError } from '@kanikit/toolkit/proxy';
import { asSentence } from '@kanikit/toolkit/text';
import { withSystemAuthorities } from '../web/system-authorities.ts';
import type { GitCredentials } from './git-credentials.ts';
import { describeRepository } from './git-reference.ts';
import { createGitProgram, type GitProgram } from './git-program.ts';

/** git with a folder to work in, which goes when it is closed. */
export interface GitWorkspace extends AsyncDisposable {
  readonly git: GitProgram;
  /** Empty, in no repository. */
  readonly folder: string;
}

export interface GitAccess {
  /** Of the repository, without credentials. */
  readonly url: string;
  readonly credentials: GitCredentials | undefined;
  readonly certificateAuthorities: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True leaves out the user's own Git settings and logins, which an executor does not have. @default false */
  readonly isPlain?: boolean | undefined;
}

/**
 * What of the user's Git settings holds: how servers are reached (proxies, keys, credential helpers, rewritten URLs). All else of them that
 * could change what is built, run programs or point to another repository does not.
 */
const keptVariables =
  /^GIT_(?:SSH$|SSH_|SSL_|PROXY_|HTTP_|ASKPASS$|EXEC_PATH$|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_|VALUE_))/;

const settings: readonly string[] = [
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  'core.autocrlf=false',
  'core.eol=lf',
  `core.attributesFile=${devNull}`,
  'core.symlinks=true',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'advice.detachedHead=false',
  'gc.auto=0',
  'maintenance.auto=false',
  // A server that is silent for so long has stopped.
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=30',
];

/** Reads two variables, so that no argument and no file holds the credentials. */
const credentialHelper =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$KANIKIT_GIT_USERNAME" "$KANIKIT_GIT_PASSWORD"; }; f';

export async function openGitProgram(access: GitAccess): Promise<GitWorkspace> {
  const folder = await makeFolder(access.url);
  const close = async (): Promise<void> => await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const config = [...settings, ...(await serverSettings(access, folder))];
    return {
      git: createGitProgram({ config, env: environment(access, folder) }),
      folder,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeFolder(url: string): Promise<string> {
  try {
    return await mkdtemp(join(await realpath(tmpdir()), 'kanikit-git-'));
  } catch (cause) {
    throw new KanikitError({
      code: 'git-failed',
      message: asSentence(
        `Making a folder for ${describeRepository(url)} in ${quotePath(tmpdir())}: ${describeCause(cause)}`,
      ),
      hint: 'Make the folder for temporary files writable, or name another one with TMPDIR.',
      cause,
    });
  }
}

/** Settings for the server of the repository and for no other, such as that of a submodule. */
async function serverSettings(access: GitAccess, folder: string): Promise<readonly string[]> {
  if (!/^https?:/.test(access.url)) return [];
  const { origin } = new URL(access.url);
  const config: string[] = [];
  if (access.credentials !== undefined) {
    // The empty one takes away the user's own.
    config.push(`credential.${origin}.helper=`, `credential.${origin}.helper=${credentialHelper}`);
  }
  const authorities = withSystemAuthorities(access.certificateAuthorities);
  if (authorities !== undefined) {
    const file = join(folder, 'authorities.pem');
    await writeFile(file, authorities.join('\n'));
    config.push(`http.${origin}.sslCAInfo=${file}`);
  }
  return config;
}

function environment(access: GitAccess, folder: string): Readonly<Record<string, string | undefined>> {
  const { credentials, env, isPlain = false } = access;
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('GIT_') || (!isPlain && keptVariables.test(name)),
  );
  return {
    PATH: process.env['PATH'],
    // Nobody is there to answer.
    GIT_ASKPASS: '',
    ...Object.fromEntries(kept),
    ...proxyVariables(access.url, env),
    // It would win over the setting for this server.
    ...(access.certificateAuthorities !== undefined && { GIT_SSL_CAINFO: undefined }),
    ...(credentials !== undefined && {
      GIT_ASKPASS: '',
      KANIKIT_GIT_USERNAME: credentials.username,
      KANIKIT_GIT_PASSWORD: credentials.password,
    }),
    ...(isPlain && { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' }),
    GIT_TERMINAL_PROMPT: '0',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_ALLOW_PROTOCOL: 'git:http:https:ssh',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: dirname(folder),
    GIT_OPTIONAL_LOCKS: '0',
    // Its words are read.
    LC_ALL: 'C',
    LANGUAGE: '',
  };
}

/** git goes by curl's rules, which differ (ports, letter case, this machine itself): it is told what holds for the server. */
function proxyVariables(
  address: string,
  env: GitAccess['env'],
): Readonly<Record<string, string | undefined>> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return {};
  try {
    const proxy = chooseProxy(url, env)?.href;
    if (proxy !== undefined) return { http_proxy: proxy, https_proxy: proxy, HTTPS_PROXY: proxy };
  } catch (error) {
    // git knows more kinds of proxies.
    if (error instanceof ProxyError) return {};
    throw error;
  }
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const others = env['NO_PROXY'] || env['no_proxy'];
  const none = others ? `${others},${host}` : host;
  return { NO_PROXY: none, no_proxy: none };
}
