import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificateAuthority } from '../src/parts/certificate-authority.ts';
import { apiServer, kubeconfigFile, layout, nodes } from './layout.ts';
import { run } from './run.ts';

/** Keys, certificates and tokens of the cluster: made once, with the cluster. */
export interface Identities {
  /** PEM file: whom everyone trusts. */
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Signs the tokens of service accounts. */
  readonly accountKeyFile: string;
  readonly accountPublicKeyFile: string;
  readonly tokenFile: string;
  /** Token by user. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Users besides the nodes. `builder` and `nobody` have no rights but those a test gives them. */
const users: Readonly<Record<string, string>> = {
  admin: 'system:masters',
  builder: '',
  reader: '',
  nobody: '',
};

export async function makeIdentities(): Promise<Identities> {
  const folder = join(layout.data, 'pki');
  const file = (name: string): string => join(folder, name);
  const identities = {
    authorityFile: file('ca.crt'),
    certificateFile: file('server.crt'),
    keyFile: file('server.key'),
    accountKeyFile: file('accounts.key'),
    accountPublicKeyFile: file('accounts.pub'),
    tokenFile: file('tokens.csv'),
  };
  const known = await readFile(file('tokens.json'), 'utf8').catch(() => undefined);
  if (known !== undefined) return { ...identities, tokens: JSON.parse(known) as Record<string, string> };

  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await createCertificateAuthority();
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const addresses = ['127.0.0.1', layout.serviceAddress, ...nodes.map(({ address }) => address)];
  const server = await authority.issue([...names, ...addresses]);
  await writeFile(identities.authorityFile, authority.certificate);
  await writeFile(identities.certificateFile, server.certificate);
  await writeFile(identities.keyFile, server.key, { mode: 0o600 });
  await run('openssl', 'genrsa', '-out', identities.accountKeyFile, '2048');
  await run(
    'openssl',
    'rsa',
    '-in',
    identities.accountKeyFile,
    '-pubout',
    '-out',
    identities.accountPublicKeyFile,
  );

  const rows = [
    ...Object.entries(users).map(([user, group]) => ({ user, name: user, group })),
    ...nodes.map(({ name }) => ({ user: name, name: `system:node:${name}`, group: 'system:nodes' })),
  ].map((row) => ({ ...row, token: randomBytes(24).toString('hex') }));
  const lines = rows.map(({ token, name, user, group }) => `${token},${name},${user},"${group}"`);
  const tokens = Object.fromEntries(rows.map(({ user, token }) => [user, token]));
  await writeFile(identities.tokenFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  await writeFile(kubeconfigFile, await kubeconfigFor(authority.certificate, tokens['admin'] ?? ''), {
    mode: 0o600,
  });
  for (const user of [...Object.keys(users), ...nodes.map(({ name }) => name)]) {
    await writeFile(userKubeconfig(user), await kubeconfigFor(authority.certificate, tokens[user] ?? ''), {
      mode: 0o600,
    });
  }
  // Last: its presence says that everything is there.
  await writeFile(file('tokens.json'), JSON.stringify(tokens), { mode: 0o600 });
  return { ...identities, tokens };
}

/** Kubeconfig of a user or a node. */
export function userKubeconfig(user: string): string {
  return join(layout.data, 'pki', `${user}.kubeconfig`);
}

/** Text of a kubeconfig. JSON, which every reader of YAML takes. */
async function kubeconfigFor(authority: string, token: string): Promise<string> {
  const name = 'kanikit-cluster';
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name,
          cluster: {
            server: apiServer,
            'certificate-authority-data': Buffer.from(authority).toString('base64'),
          },
        },
      ],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      'current-context': name,
    },
    undefined,
    2,
  );
}
