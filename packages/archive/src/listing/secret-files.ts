interface SecretRow {
  /** What it looks like, for people. */
  readonly kind: string;
  /** Of the whole path, letters of either case. */
  readonly path: RegExp;
  /** What the file must hold as well, where its name alone says too little. */
  readonly holds?: RegExp;
}

/** Bytes at a file's start that are looked at: certificates may come before their key. */
export const secretHeadBytes: number = 64 * 1024;

const rows: readonly SecretRow[] = [
  { kind: 'private key', path: name('id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?') },
  { kind: 'private key', path: name('.*\\.(?:p12|pfx|jks|keystore|ppk)|master\\.key') },
  { kind: 'private key', path: name('.*\\.(?:pem|key)|.*_rsa'), holds: /-----BEGIN [A-Z ]*PRIVATE KEY/ },
  {
    kind: 'environment file',
    path: name('\\.env(?:\\..+)?|\\.envrc'),
    holds: /^[ \t]*(?:export[ \t]+)?\w+[ \t]*=[ \t]*\S/m,
  },
  {
    kind: 'npm token',
    path: name('\\.npmrc|\\.yarnrc\\.yml'),
    holds: /(?:_auth|_password|authtoken|authident)\w{0,64}\s*[:=]/i,
  },
  { kind: 'package index password', path: name('\\.pypirc'), holds: /^[ \t]*password\s*[:=]/im },
  { kind: 'password file', path: name('[._]netrc|\\.pgpass|\\.git-credentials|\\.htpasswd|\\.vault-token') },
  { kind: 'cloud credentials', path: /(?:^|\/)\.aws\/credentials$/i },
  {
    kind: 'cloud credentials',
    path: name('.*(?:credential|service[-_.]?account|gcp|gcloud|accesstoken|token_cache).*\\.json'),
    holds: /"(?:private_key|client_secret|refresh_token|refreshToken|secret)"\s*:/,
  },
  {
    kind: 'registry password',
    path: /(?:^|\/)(?:\.docker\/config\.json|\.?dockerconfig(?:\.json|json)|\.dockercfg)$/i,
    holds: /"(?:auth|identitytoken|password)"\s*:/,
  },
  {
    kind: 'cluster credentials',
    path: /(?:^|\/)(?:\.kube\/config|(?:[^/]*\.)?kubeconfig(?:\.ya?ml)?)$/i,
    holds: /client-key-data|token|password|exec:/,
  },
  { kind: 'terraform state', path: name('.*\\.tfstate(?:\\..*)?') },
];

/** Examples and public halves; what packages of others bring along is no secret of the user's. */
const harmless =
  /\.pub$|[._-](?:example|sample|template|tmpl|dist)(?:[._-][^/]{0,255})?$|(?:^|\/)(?:node_modules|site-packages)\//i;

/**
 * What a file looks like that should not be in an image; undefined for all others. Few false alarms matter more than finding all.
 *
 * @param readHead the file's first bytes, `secretHeadBytes` at most; asked for only where the name is telling
 */
export function secretKind(path: string, readHead: () => Uint8Array): string | undefined {
  if (harmless.test(path)) return undefined;
  const named = rows.filter((row) => row.path.test(path));
  if (named.length === 0) return undefined;
  const sure = named.find((row) => row.holds === undefined);
  if (sure !== undefined) return sure.kind;
  const head = Buffer.from(readHead()).toString('latin1');
  return named.find((row) => row.holds?.test(head) === true)?.kind;
}

function name(pattern: string): RegExp {
  return new RegExp(`(?:^|/)(?:${pattern.replaceAll('.*', '[^/]{0,255}')})$`, 'i');
}
