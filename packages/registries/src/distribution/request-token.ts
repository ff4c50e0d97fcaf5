import type { RegistryCredential } from '@kanikit/spec';
import { proxiedFetch } from '@kanikit/toolkit/proxy';
import type { RegistryAccess } from './registry-access.ts';
import { registryUnreachable } from './registry-errors.ts';

/** Value of `authorization` for a registry that answered 401; undefined where its challenge can't be met. */
export async function requestToken(
  registry: string,
  challenge: string,
  access: RegistryAccess,
): Promise<string | undefined> {
  const { credential } = access;
  const scheme = challenge.trim().split(/\s+/, 1)[0]?.toLowerCase();
  if (credential?.kind === 'registry-token') return `Bearer ${credential.token}`;
  if (scheme === 'basic') return basicOf(credential);
  if (scheme !== 'bearer') return undefined;
  const fields = new Map(
    [...challenge.matchAll(/(?<!\w)(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = fields.get('realm') ?? '';
  // A realm on plain http would hand the credential to whoever listens.
  if (!URL.canParse(realm) || (new URL(realm).protocol !== 'https:' && !access.isInsecure && !isLocal(realm)))
    return undefined;
  return exchange(registry, { realm, service: fields.get('service'), scope: fields.get('scope') }, access);
}

interface Challenge {
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

async function exchange(
  registry: string,
  { realm, service, scope }: Challenge,
  { credential, signal }: RegistryAccess,
): Promise<string | undefined> {
  const asked = new URLSearchParams();
  if (service !== undefined) asked.set('service', service);
  if (scope !== undefined) asked.set('scope', scope);
  try {
    const response = await (credential?.kind === 'identity-token'
      ? proxiedFetch(realm, { method: 'POST', body: refreshForm(asked, credential.token), signal })
      : proxiedFetch(withQuery(realm, asked), { headers: basicHeaders(credential), signal }));
    if (!response.ok) {
      await response.body?.cancel();
      return undefined;
    }
    const { token, access_token: accessToken } = (await response.json()) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    };
    const found = token ?? accessToken;
    // A token of other characters can't be sent; the error for it would quote the token.
    return typeof found === 'string' && /^[\u0021-\u007e]+$/.test(found) ? `Bearer ${found}` : undefined;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw registryUnreachable(`${registry} (its log-in at ${new URL(realm).host})`, error);
  }
}

function refreshForm(asked: URLSearchParams, token: string): URLSearchParams {
  const form = new URLSearchParams(asked);
  form.set('grant_type', 'refresh_token');
  form.set('client_id', 'kanikit');
  form.set('refresh_token', token);
  return form;
}

function withQuery(realm: string, asked: URLSearchParams): string {
  const url = new URL(realm);
  for (const [name, value] of asked) url.searchParams.set(name, value);
  return url.href;
}

function basicHeaders(credential: RegistryCredential | undefined): Record<string, string> {
  const value = basicOf(credential);
  return value === undefined ? {} : { authorization: value };
}

function basicOf(credential: RegistryCredential | undefined): string | undefined {
  if (credential?.kind !== 'password') return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

function isLocal(realm: string): boolean {
  return /^(?:localhost|127\.|\[::1\])/.test(new URL(realm).host);
}
