import type { RegistryCredential } from '@kanikit/spec';
import { stripEnd, withoutCredentials } from '@kanikit/toolkit/text';
import { configError } from './config-error.ts';

/** An entry of `auths`. */
export interface AuthEntry {
  /** As written: `https://index.docker.io/v1/`, `ghcr.io`, `registry.example.com/team`. */
  readonly key: string;
  /** Undefined for an empty entry: the credential is in a store. */
  readonly credential: RegistryCredential | undefined;
}

/** The parts of a docker `config.json` or podman `auth.json` that hold credentials or say where they are. */
export interface DockerConfig {
  /** File name, or the name of the environment variable. */
  readonly origin: string;
  readonly auths: readonly AuthEntry[];
  /** Helper by registry: `ecr-login` for `docker-credential-ecr-login`. */
  readonly helpers: ReadonlyMap<string, string>;
  /** Helper for every other registry. */
  readonly store: string | undefined;
}

/**
 * Reads the text of a credential file. Pure.
 *
 * @throws KanikitError `docker-config-invalid`, without a word of the content
 */
export function parseDockerConfig(text: string, origin: string): DockerConfig {
  const value = parseJson(text, origin);
  if (!isFields(value)) throw configError(origin, 'it is not a JSON object');
  const auths = section(value, 'auths', origin);
  const helpers = section(value, 'credHelpers', origin);
  const store = value['credsStore'];
  if (store !== undefined && store !== null && typeof store !== 'string') {
    throw configError(origin, 'credsStore must be text');
  }
  return {
    origin,
    auths: Object.entries(auths).map(([key, entry]) => ({
      key,
      credential: parseEntry(entry, `auths["${withoutCredentials(key)}"]`, origin),
    })),
    helpers: new Map(
      Object.entries(helpers).map(([registry, helper]) => {
        if (typeof helper === 'string') return [registry, helper];
        throw configError(origin, `credHelpers["${withoutCredentials(registry)}"] must be text`);
      }),
    ),
    store: typeof store === 'string' && store !== '' ? store : undefined,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseEntry(entry: unknown, place: string, origin: string): RegistryCredential | undefined {
  if (!isFields(entry)) throw configError(origin, `${place} must hold fields`);
  const text = (name: string): string | undefined => {
    const value = entry[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw configError(origin, `${place}.${name} must be text`);
  };
  const registryToken = text('registrytoken');
  if (registryToken !== undefined) {
    if (!isHeaderText(registryToken))
      throw configError(origin, `${place}.registrytoken is no value for a header`);
    return { kind: 'registry-token', token: registryToken };
  }
  const identityToken = text('identitytoken');
  if (identityToken !== undefined) return { kind: 'identity-token', token: identityToken };
  const auth = text('auth');
  if (auth !== undefined) return parseAuth(auth, place, origin);
  const username = text('username');
  const password = text('password');
  return username === undefined || password === undefined
    ? undefined
    : { kind: 'password', username, password };
}

function parseAuth(auth: string, place: string, origin: string): RegistryCredential {
  // Docker pads with NUL in old files, and podman leaves the padding out.
  const decoded = stripEnd(Buffer.from(auth, 'base64').toString('utf8'), '\0');
  const colon = decoded.indexOf(':');
  const isBase64 = /^[A-Za-z0-9+/_-]*={0,2}$/.test(auth.trim());
  if (!isBase64 || colon <= 0) throw configError(origin, `${place}.auth is not base64 of "user:password"`);
  const username = decoded.slice(0, colon);
  const password = decoded.slice(colon + 1);
  // How credential stores mark a refresh token, and what some tools then write into the file.
  if (username === '<token>') return { kind: 'identity-token', token: password };
  return { kind: 'password', username, password };
}

function section(value: Fields, name: string, origin: string): Fields {
  const found = value[name];
  if (found === undefined || found === null) return {};
  if (isFields(found)) return found;
  throw configError(origin, `${name} must hold fields`);
}

function parseJson(text: string, origin: string): unknown {
  // Windows editors put a byte order mark in front; an empty file is what docker itself leaves after a crash.
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return {};
  try {
    return JSON.parse(content);
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? undefined : content.slice(0, Number(position)).split('\n').length;
    // The parser's own words quote the text around the mistake, which may be a password.
    throw configError(origin, line === undefined ? 'it is not valid JSON' : `line ${line} is not valid JSON`);
  }
}

/** What may stand in a header, by RFC 9110: no control characters, and none that is more than a byte. */
function isHeaderText(text: string): boolean {
  return !/[^\u0020-\u007e\u0080-\u00ff]/.test(text);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
