import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { RegistryCredential } from '@kanikit/spec';
import { lookUpImage } from './look-up-image.ts';
import { pingRegistry } from './ping-registry.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

type Route = (
  request: http.IncomingMessage,
  body: string,
) => { code: number; headers?: object; body?: unknown };

async function serve(route: Route): Promise<{ readonly host: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
      const answer = route(request, body);
      response.writeHead(answer.code, answer.headers as http.OutgoingHttpHeaders);
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => void server.close(resolve));
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const { signal } = new AbortController();
const password: RegistryCredential = { kind: 'password', username: 'u', password: 'p' };
const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;

/** A registry that wants a token, which its log-in gives for name and password, or for a refresh token. */
function withTokens(): Route {
  return (request, body) => {
    if (request.url?.startsWith('/token') === true) {
      const isRefreshed = request.method === 'POST' && body.includes('refresh_token=refresh');
      const isKnown = request.headers.authorization === basic || isRefreshed;
      return isKnown ? { code: 200, body: { token: 'granted' } } : { code: 401 };
    }
    if (request.headers.authorization === 'Bearer granted') return { code: 200, body: {} };
    const realm = `http://${request.headers.host}/token`;
    return { code: 401, headers: { 'www-authenticate': `Bearer realm="${realm}",service="r",scope="s"` } };
  };
}

describe('a greeting', () => {
  test.each<[string, Route, RegistryCredential | undefined, string]>([
    ['open', () => ({ code: 200 }), password, 'open'],
    ['strange', () => ({ code: 404 }), undefined, 'strange'],
    ['by name and password', withTokens(), password, 'accepted'],
    ['by identity token', withTokens(), { kind: 'identity-token', token: 'refresh' }, 'accepted'],
    ['by registry token', withTokens(), { kind: 'registry-token', token: 'granted' }, 'accepted'],
    ['by a wrong password', withTokens(), { ...password, password: 'x' }, 'refused'],
    ['by nobody', withTokens(), undefined, 'refused'],
  ])('%s', async (_title, route, credential, kind) => {
    const { host } = await serve(route);
    expect((await pingRegistry(host, { credential, isInsecure: false, signal })).kind).toBe(kind);
  });

  test('with basic log-in', async () => {
    const { host, seen } = await serve((request) =>
      request.headers.authorization === basic
        ? { code: 200 }
        : { code: 401, headers: { 'www-authenticate': 'Basic realm="r"' } },
    );
    const { kind } = await pingRegistry(host, { credential: password, isInsecure: false, signal });
    expect(kind).toBe('accepted');
    expect(seen).toEqual(['GET /v2/', `GET /v2/ ${basic}`]);
  });

  test('a credential is not handed to a log-in on plain http somewhere else', async () => {
    const other = await serve(() => ({ code: 200, body: { token: 'granted' } }));
    const realm = `http://example.invalid:${other.host.split(':')[1]}/token`;
    const { host } = await serve(() => ({
      code: 401,
      headers: { 'www-authenticate': `Bearer realm="${realm}"` },
    }));
    const { kind } = await pingRegistry(host, { credential: password, isInsecure: false, signal });
    expect(kind).toBe('refused');
    expect(other.seen).toEqual([]);
  });

  test('no answer', async () => {
    const asked = pingRegistry('127.0.0.1:1', { credential: password, isInsecure: true, signal });
    await expect(asked).rejects.toMatchObject({ code: 'registry-unreachable', retryable: true });
  });
});

describe('an image', () => {
  const index = {
    manifests: [
      { platform: { os: 'linux', architecture: 'amd64' } },
      { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  };

  test('its platforms', async () => {
    const headers = { 'docker-content-digest': `sha256:${'a'.repeat(64)}` };
    const { host, seen } = await serve(() => ({ code: 200, headers, body: index }));
    const answer = await lookUpImage(`${host}/team/kaniko:v1`, {
      credential: undefined,
      isInsecure: false,
      signal,
    });
    expect(answer).toEqual({
      kind: 'found',
      digest: headers['docker-content-digest'],
      platforms: ['linux/amd64', 'linux/arm64'],
    });
    expect(seen).toEqual(['GET /v2/team/kaniko/manifests/v1']);
  });

  test.each([
    [404, 'missing'],
    [403, 'denied'],
    [401, 'denied'],
    [502, 'strange'],
  ])('an answer of %i', async (code, kind) => {
    const { host } = await serve(() => ({ code }));
    const digest = `sha256:${'b'.repeat(64)}`;
    const answer = await lookUpImage(`${host}/kaniko@${digest}`, {
      credential: undefined,
      isInsecure: false,
      signal,
    });
    expect(answer).toEqual({ kind, status: code });
  });
});
