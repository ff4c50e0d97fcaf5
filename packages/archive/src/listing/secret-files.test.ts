import { expect, test } from 'vitest';
import { secretKind } from './secret-files.ts';

const key =
  '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\nMII';

test.each<[path: string, content: string, kind: string]>([
  ['id_rsa', '', 'private key'],
  ['deploy/.ssh/id_ed25519', '', 'private key'],
  ['tls/server.pem', key, 'private key'],
  ['tls/server.key', '-----BEGIN PRIVATE KEY-----', 'private key'],
  ['deploy_rsa', '-----BEGIN OPENSSH PRIVATE KEY-----', 'private key'],
  ['a/b.p12', '', 'private key'],
  ['Release.KEYSTORE', '', 'private key'],
  ['config/master.key', '', 'private key'],
  ['.env', 'A=1', 'environment file'],
  ['app/.env.production', '# x\nexport TOKEN = abc', 'environment file'],
  ['.npmrc', '//npm.example/:_authToken=npm_x', 'npm token'],
  ['.yarnrc.yml', 'npmAuthToken: "x"', 'npm token'],
  ['.pypirc', '[pypi]\nusername = a\npassword = b', 'package index password'],
  ['.netrc', '', 'password file'],
  ['home/.git-credentials', '', 'password file'],
  ['.aws/credentials', '', 'cloud credentials'],
  ['ci/service-account.json', '{"private_key": "x"}', 'cloud credentials'],
  ['application_default_credentials.json', '{"refresh_token":"x"}', 'cloud credentials'],
  ['.docker/config.json', '{"auths":{"h":{"auth":"x"}}}', 'registry password'],
  ['.dockerconfigjson', '{"auths":{"h":{"auth":"x"}}}', 'registry password'],
  ['.kube/config', 'users:\n- user: {token: x}', 'cluster credentials'],
  ['prod.kubeconfig', 'client-key-data: x', 'cluster credentials'],
  ['infra/terraform.tfstate', '', 'terraform state'],
  ['infra/terraform.tfstate.backup', '', 'terraform state'],
])('%s looks like a secret', (path, content, kind) => {
  expect(secretKind(path, () => Buffer.from(content))).toBe(kind);
});

test.each<[path: string, content: string]>([
  ['id_rsa.pub', key],
  ['.env.example', 'A=1'],
  ['.env.sample', 'A=1'],
  ['.env', '# nothing\n'],
  ['certs/ca-bundle.pem', '-----BEGIN CERTIFICATE-----\nMII'],
  ['server.crt', key],
  ['talk.key', 'PK\u0003\u0004 a presentation'],
  ['.npmrc', 'save-exact=true\nregistry=https://registry.example.com/'],
  ['.yarnrc.yml', 'nodeLinker: node-modules'],
  ['.pypirc', '[distutils]\nindex-servers = pypi'],
  ['.docker/config.json', '{"credsStore":"desktop"}'],
  ['config.json', '{"auth":"x"}'],
  ['src/credentials.ts', 'password'],
  ['docs/credentials.json', '{"title":"how to"}'],
  ['node_modules/https/test/server.key', key],
  ['environment.ts', 'A=1'],
  ['kubeconfig.md', 'token'],
  ['src/environment.env.ts', 'A=1'],
])('%s does not', (path, content) => {
  expect(secretKind(path, () => Buffer.from(content))).toBeUndefined();
});

test('only files with telling names are read', () => {
  const refuse = (): never => {
    throw new Error('was read');
  };
  expect(secretKind('src/index.ts', refuse)).toBeUndefined();
  expect(() => secretKind('.env', refuse)).toThrow('was read');
});
