import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives tokens as Azure's App Service gives them to a managed identity. Azurite looks at their dates and audience only. */
export interface IdentityServer extends AsyncDisposable {
  /** What `@azure/identity` finds it by. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startIdentityServer(): Promise<IdentityServer> {
  const server = createServer((_request, response) => {
    const now = Math.floor(Date.now() / 1000);
    const expiresOn = now + 3600;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        access_token: token(now, expiresOn),
        expires_on: String(expiresOn),
        resource: 'https://storage.azure.com/',
        token_type: 'Bearer',
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/token`, IDENTITY_HEADER: 'secret-of-the-host' },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function token(issuedAt: number, expiresOn: number): string {
  const tenant = '00000000-0000-0000-0000-000000000001';
  const claims = {
    aud: 'https://storage.azure.com',
    iss: `https://sts.windows.net/${tenant}/`,
    tid: tenant,
    oid: '00000000-0000-0000-0000-000000000002',
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresOn,
  };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;
}
