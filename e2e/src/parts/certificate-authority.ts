import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** A certificate with its private key, both PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A throw-away authority that no machine trusts by itself. */
export interface CertificateAuthority {
  /** PEM: what a client must trust. */
  readonly certificate: string;
  /** Makes a certificate for a server with these names and IP addresses. */
  issue(hosts: readonly string[]): Promise<ServerCertificate>;
}

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const authority = await withFolder((folder) =>
    makeCertificate(folder, 'kanikit test authority', ['basicConstraints=critical,CA:TRUE']),
  );
  return {
    certificate: authority.certificate,
    issue: (hosts) =>
      withFolder(async (folder) => {
        const [certificateFile, keyFile] = [join(folder, 'authority.pem'), join(folder, 'authority.key')];
        await writeFile(certificateFile, authority.certificate);
        await writeFile(keyFile, authority.key, { mode: 0o600 });
        const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`);
        const extensions = [
          `subjectAltName=${names.join(',')}`,
          'basicConstraints=critical,CA:FALSE',
          'extendedKeyUsage=serverAuth',
        ];
        const signer = ['-CA', certificateFile, '-CAkey', keyFile];
        return await makeCertificate(folder, 'kanikit test server', extensions, signer);
      }),
  };
}

async function makeCertificate(
  folder: string,
  name: string,
  extensions: readonly string[],
  signer: readonly string[] = [],
): Promise<ServerCertificate> {
  const keyFile = join(folder, 'new.key');
  // Without a configuration the machine's own could add extensions of its own.
  const settings = '-config /dev/null -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 365'.split(
    ' ',
  );
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const made = await runProgram('openssl', [
    'req',
    '-x509',
    ...settings,
    ...added,
    ...signer,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    keyFile,
  ]);
  const key = await runProgram('openssl', ['pkey', '-in', keyFile]);
  if (made.exitCode !== 0 || key.exitCode !== 0) {
    throw new Error(`openssl failed to make a certificate for ${name}: ${made.stderr}${key.stderr}`);
  }
  return { certificate: made.stdout, key: key.stdout };
}

async function withFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-certificate-'));
  try {
    return await action(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
