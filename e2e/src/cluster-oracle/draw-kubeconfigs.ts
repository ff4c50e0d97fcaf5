import { readFileSync } from 'node:fs';
import type { SeededRandom } from '@kanikit/testing';
import type { Files } from './ask-both.ts';
import type { ConnectionQuestion } from './oracle.ts';

/** Fields of each entry, with values in YAML that are mostly what they may be. */
type Table = Readonly<Record<string, readonly string[]>>;

const fixtures = new URL('../../../packages/kubernetes/src/testing/fixtures/', import.meta.url);
const certificate = readFileSync(new URL('client.crt', fixtures)).toString('base64');
const key = readFileSync(new URL('client.key', fixtures)).toString('base64');
const folded = certificate.replaceAll(/.{64}/g, '$&\\n');

const clusterFields: Table = {
  server: [
    'https://k.example.com:6443',
    'https://k.example.com:6443/',
    'https://rancher.example.com/k8s/clusters/c-m-abc/',
    '"https://k.example.com:6443?x=1#y"',
    'HTTPS://K.example.com',
    'http://127.0.0.1:8080',
    'https://u:p%40w@k.example.com',
    'http://u:p@k.example.com',
    '"https://[fd00::1]:6443"',
    'k.example.com',
    'k.example.com:6443',
    '10.0.0.1/api',
    'ftp://k.example.com',
    '"https://k.example.com:6443 "',
    '"https://k.example.com\\n"',
    'https://',
    '""',
  ],
  'tls-server-name': ['api.internal', '""'],
  'insecure-skip-tls-verify': ['false', 'yes', 'off', '"true"', '1'],
  'certificate-authority': ['ca.crt', './deep/../ca.crt', 'nope.crt', '""', '~/ca.crt'],
  'certificate-authority-data': [
    certificate,
    '""',
    `"${folded}"`,
    certificate.replace(/=*$/, 'A'),
    '"se cret"',
    '5',
  ],
  'proxy-url': [
    'http://127.0.0.1:3128',
    'https://u:p@proxy.example.com',
    'HTTP://proxy:1',
    '127.0.0.1:3128',
    'proxy.example.com',
    'ftp://p',
    '""',
  ],
  'disable-compression': ['true', 'null', '"no"'],
  extensions: ['[{name: x, extension: {a: b}}]', '[{name: x}, {name: x, extension: 5}]', 'null', '{}', '[1]'],
  'some-thing-else': ['5', '[a]'],
  Server: ['https://other.example.com'],
};

const plugin = 'command: sh, args: [-c, "echo $ANSWER"]';
const granted = (status: string, version = 'v1', kind = 'ExecCredential'): string =>
  `env: [{name: ANSWER, value: '{"apiVersion":"client.authentication.k8s.io/${version}","kind":"${kind}","status":${status}}'}]`;
const v1 = 'apiVersion: client.authentication.k8s.io/v1';
const v1beta1 = 'apiVersion: client.authentication.k8s.io/v1beta1';

const userFields: Table = {
  token: ['t', '"a b"', '" t "', '"abc\\n"', '""', '2024-01-01', '5', 'null', 'yes'],
  tokenFile: ['tok', './tok', 'nope', 'empty-tok', 'deep', '""'],
  username: ['u', 'jané', '""', '07'],
  password: ['p', '"p:w"', '""', '07', '[a]'],
  'client-certificate': ['cert.pem', 'nope.pem', '""'],
  'client-certificate-data': [certificate, '""'],
  'client-key': ['key.pem', 'nope.pem', '""'],
  'client-key-data': [key, '""', '"!"'],
  as: ['jane', '"system:serviceaccount:ci:builder"', '""', '5'],
  'as-uid': ['"7"', '""', '7'],
  'as-groups': ['[devs, ops]', '[]', 'devs', '[null]'],
  'as-user-extra': ['{scopes: [view]}', '{}', '{a: b}', 'null'],
  exec: [
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{"token":"given"}')}}`,
    `{${plugin}, ${v1}, interactiveMode: IfAvailable, provideClusterInfo: true, ${granted('{"token":"given","expirationTimestamp":"2099-01-01T00:00:00Z"}')}}`,
    `{${plugin}, ${v1beta1}, ${granted('{"token":"beta"}', 'v1beta1')}}`,
    `{${plugin}, ${v1beta1}, ${granted('{"token":"other version"}')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{}')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('null')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{"token":5}')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{"token":"t","clientKeyData":"k"}')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{"token":"t","expirationTimestamp":"soon"}')}}`,
    `{${plugin}, ${v1}, interactiveMode: Never, ${granted('{"token":"t"}', 'v1', 'Other')}}`,
    `{${plugin}, ${v1}, ${granted('{"token":"given"}')}}`,
    `{${plugin}, ${v1}, interactiveMode: never}`,
    `{${plugin}, apiVersion: client.authentication.k8s.io/v1alpha1}`,
    `{${plugin}, interactiveMode: Never}`,
    `{command: "", ${v1}, interactiveMode: Never}`,
    `{command: ./deep/absent, ${v1}, interactiveMode: Never}`,
    `{${plugin}, ${v1}, interactiveMode: Never, env: [{name: "", value: x}]}`,
    `{${plugin}, ${v1}, interactiveMode: Never, args: [5]}`,
    'null',
    '[]',
  ],
  extensions: ['[{name: x, extension: null}]', 'x'],
};

const contextFields: Table = {
  cluster: ['a', 'b', 'c', '""', '5'],
  user: ['a', 'b', 'c', 'absent', '""', 'null'],
  namespace: ['team', '""', '5', 'null', '"0123"'],
  extensions: ['[]', '[{name: x}, {name: y}]', '{}'],
};

/** One to three files, most of which are well-formed, and what they are asked for. */
export function drawKubeconfigs(random: SeededRandom): {
  readonly files: Files;
  readonly question: ConnectionQuestion;
} {
  const { below, chance, pick } = random;
  const names = chance(0.6) ? ['one'] : ['one', 'two', 'deep/three'].slice(0, 2 + below(2));
  const files = Object.fromEntries(names.map((name) => [name, drawFile(random)]));
  return {
    files,
    question: {
      ...(chance(0.2) ? { file: pick(names) } : {}),
      ...(chance(0.1) ? { list: pick(['', ':', 'one::one', 'deep/three:one', 'one/below']) } : {}),
      ...(chance(0.2) ? { context: pick(['a', 'b', 'absent', '']) } : {}),
      ...(chance(0.2) ? { namespace: pick(['mine', '']) } : {}),
    },
  };
}

function drawFile(random: SeededRandom): string | Buffer | undefined {
  const { chance, pick } = random;
  if (chance(0.05)) return undefined;
  if (chance(0.05))
    return pick(['', '\n', '# nothing\n', '---\n', 'null', '{}', '[]', '5', 'a: [', 'a:\n\tb: c']);
  const head = [
    chance(0.92)
      ? 'apiVersion: v1'
      : pick(['', 'apiVersion: v2', 'apiVersion: ""', 'apiVersion: 1', 'apiVersion: null']),
    chance(0.9) ? 'kind: Config' : pick(['', 'kind: List', 'kind: ""', 'kind: null', 'kind: config']),
    chance(0.8)
      ? 'current-context: a'
      : pick(['', 'current-context: b', 'current-context: ""', 'current-context: 5']),
    chance(0.9)
      ? ''
      : pick([
          'preferences: {colors: true}',
          'preferences: {colors: 1}',
          'extensions: null',
          'preferences: []',
        ]),
  ];
  const lists = [
    drawList(random, 'clusters', 'cluster', clusterFields, ['server']),
    drawList(random, 'users', 'user', userFields, chance(0.7) ? ['token'] : []),
    drawList(random, 'contexts', 'context', contextFields, ['cluster', 'user']),
  ];
  const text = [...head, ...lists].filter((line) => line !== '').join('\n');
  return encode(random, `${text}\n`);
}

/** Entries with names of a few letters, so that several files have the same. */
function drawList(
  random: SeededRandom,
  list: string,
  kind: string,
  table: Table,
  usual: readonly string[],
): string {
  const { below, chance, pick } = random;
  if (chance(0.04)) return pick([`${list}: null`, `${list}: {}`, `${list}: []`, `${list}: [null]`, '']);
  const entries = Array.from({ length: 1 + (chance(0.7) ? 0 : below(3)) }, (_none, at) => {
    const name = chance(0.95) ? ('abc'[at] ?? 'c') : pick(['a', '""', 'null', '5', 'b']);
    const fields = chance(0.02) ? pick(['null', '{}', '[]', 'x']) : drawFields(random, table, usual);
    return chance(0.98)
      ? `- {name: ${name}, ${kind}: ${fields}}`
      : pick([`- {name: ${name}}`, `- {${kind}: ${fields}}`, '- null']);
  });
  return `${list}:\n${entries.join('\n')}`;
}

function drawFields(random: SeededRandom, table: Table, usual: readonly string[]): string {
  const { chance, pick } = random;
  const names = Object.keys(table).filter((name) => (usual.includes(name) ? chance(0.97) : chance(0.05)));
  const lines = names.map((name) => {
    const [first = '', ...others] = table[name] ?? [];
    return `${name}: ${chance(usual.includes(name) ? 0.8 : 0.6) ? first : pick([first, ...others])}`;
  });
  return `{${lines.join(', ')}}`;
}

function encode({ chance, pick }: SeededRandom, text: string): string | Buffer {
  if (chance(0.93)) return text;
  const odd: (() => string | Buffer)[] = [
    () => `\uFEFF${text}`,
    () => text.replaceAll('\n', '\r\n'),
    () => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    () => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    () => Buffer.from(`${text}# \u00e9\n`, 'latin1'),
    () => Buffer.from(text, 'utf16le'),
    () => `---\n${text}`,
    () => `${text}...\n`,
    () => `${text}---\nkind: Other\n`,
    () => `%YAML 1.1\n---\n${text}`,
    () =>
      `x: &e {server: "https://anchored.example.com"}\n${text.replaceAll('cluster: {', 'cluster: {<<: *e, ')}`,
    () => `${text}\0`,
    () => `# \u0001\n${text}`,
  ];
  return pick(odd)();
}
