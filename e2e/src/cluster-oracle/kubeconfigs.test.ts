import { createSeededRandom } from '@kanikit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BothReaders, type Files, startBoth } from './ask-both.ts';
import { drawKubeconfigs } from './draw-kubeconfigs.ts';
import { type KubeconfigParts, kubeconfigText } from './kubeconfig-text.ts';

let both: BothReaders;
beforeAll(async () => {
  both = await startBoth(AbortSignal.timeout(400_000));
});
afterAll(async () => both?.[Symbol.asyncDispose]());

test('leads where client-go goes, for thousands of kubeconfigs', async () => {
  const random = createSeededRandom(26);
  const differences: unknown[] = [];
  let accepted = 0;
  for (let round = 0; round < 3_000; round += 1) {
    const { files, question } = drawKubeconfigs(random);
    const { clientGo, kanikit, words } = await both.ask(files, question);
    if (clientGo !== 'refused') accepted += 1;
    if (!isSame(clientGo, kanikit)) differences.push({ files, question, clientGo, kanikit, words });
  }
  expect(differences.slice(0, 3)).toEqual([]);
  expect(accepted).toBeGreaterThan(400);
});

/** One part of a kubeconfig that is otherwise in order. */
const parts: readonly KubeconfigParts[] = [
  {},
  { cluster: '{server: https://k.example.com:6443, insecure-skip-tls-verify: True}' },
  { cluster: '{server: "http://127.0.0.1:8080"}' },
  { cluster: '{server: k.example.com}' },
  { cluster: '{server: "localhost:8080"}' },
  { cluster: '{server: "https://k.example.com:6443 "}' },
  { cluster: '{server: ""}' },
  { cluster: '{Server: https://k.example.com}' },
  { cluster: 'null' },
  { cluster: 'insecure-skip-tls-verify: "true"' },
  { cluster: 'proxy-url: "127.0.0.1:3128"' },
  { cluster: 'proxy-url: "http://u:p@127.0.0.1:3128"' },
  { cluster: 'certificate-authority: $HOME/ca.crt' },
  { cluster: 'certificate-authority: ~/ca.crt' },
  { cluster: 'certificate-authority: ca.crt' },
  { cluster: 'certificate-authority: deep' },
  { cluster: 'certificate-authority-data: "TUlJ Qg=="' },
  { cluster: 'certificate-authority-data: TUlJQg' },
  { cluster: 'tls-server-name: api.internal, disable-compression: true' },
  {
    cluster:
      'extensions: [{name: cluster_info, extension: {provider: minikube.sigs.k8s.io, version: v1.32.0}}]',
  },
  { user: 'null' },
  { user: '{}' },
  { user: '{token: 5}' },
  { user: '{token: true}' },
  { user: '{token: 2024-01-01}' },
  { user: '{token: "abc\\n"}' },
  { user: '{token: t, username: u, password: p}' },
  { user: '{token: t, password: p}' },
  { user: '{username: u}' },
  { user: '{password: p}' },
  { user: '{username: u, password: 0123}' },
  { user: '{tokenFile: tok}' },
  { user: '{tokenFile: tok, token: t}' },
  { user: '{tokenFile: nope, token: t}' },
  { user: '{tokenFile: nope}' },
  { user: '{tokenFile: empty-tok}' },
  { user: '{tokenFile: tok, username: u}' },
  { user: '{client-certificate: cert.pem, client-key: key.pem}' },
  { user: '{client-certificate: cert.pem, client-key: key.pem, token: t}' },
  { user: '{client-certificate: cert.pem}' },
  { user: '{client-key: key.pem}' },
  { user: '{client-key: nope.pem, token: t}' },
  { user: '{client-certificate: cert.pem, client-key: nope.pem}' },
  { user: '{client-certificate: cert.pem, client-key: cert.pem}' },
  { user: '{as: jane, as-groups: [devs], token: t}' },
  { user: '{as-groups: [devs], token: t}' },
  { user: '{exec: {command: sh, apiVersion: client.authentication.k8s.io/v1}}' },
  { user: '{exec: {command: sh, apiVersion: client.authentication.k8s.io/v1alpha1}}' },
  { user: '{exec: {command: sh, interactiveMode: Never}}' },
  { user: '{exec: null, token: t}' },
  { user: '{token: t, exec: {command: no-such-program, apiVersion: client.authentication.k8s.io/v1beta1}}' },
  { user: '{token: t, exec: {command: sh, apiVersion: client.authentication.k8s.io/v0}}' },
  { context: '{cluster: c, user: absent}' },
  { context: '{cluster: c}' },
  { context: '{cluster: absent, user: u}' },
  { context: '{user: u}' },
  { context: '{cluster: c, user: u, namespace: 0123}' },
  { context: '{cluster: c, user: u, namespace: "0123"}' },
  { context: '[]' },
  { head: 'current-context: a' },
  { head: 'current-context: 5' },
  { head: 'current-context: zz' },
  { head: '' },
  { head: 'apiVersion: v1\nkind: List\ncurrent-context: a' },
  { head: 'apiVersion: v1beta1\nkind: Config\ncurrent-context: a' },
  { head: 'unknown: [a]\ncurrent-context: a' },
  { head: 'current-context: a\ncurrent-context: b' },
];

test.each(parts)('reads what client-go reads: %j', async (part) => {
  const { clientGo, kanikit } = await both.ask({ config: kubeconfigText(part) });
  expect(kanikit).toEqual(clientGo);
});

const usual = kubeconfigText();
const utf16 = Buffer.from(`\uFEFF${usual}`, 'utf16le');

test.each<readonly [string, Files]>([
  ['no file', { config: undefined }],
  ['an empty file', { config: '' }],
  ['an empty file before', { one: '', two: usual }],
  ['a file that is missing before', { one: undefined, two: usual }],
  ['a long token', { config: kubeconfigText({ user: `{token: ${'x'.repeat(20_000)}}` }) }],
  ['a broken file after', { one: usual, two: 'a: [' }],
  [
    'a value of another type in an entry of nobody',
    { one: usual, two: 'users: [{name: x, user: {token: 5}}]' },
  ],
  [
    'the user in another file',
    { one: usual.replace('users:', 'others:'), two: 'users: [{name: u, user: {token: two}}]' },
  ],
  ['the same names', { one: usual, two: kubeconfigText({ user: '{token: two}' }) }],
  ['a current context after', { one: usual.replace(/current.*/, ''), two: 'current-context: a' }],
  ['a name twice', { config: usual.replace('users:', 'users:\n- {name: u, user: {}}') }],
  ['entries that are empty', { config: usual.replace('users:', 'users:\n- null') }],
  [
    'JSON',
    {
      config: JSON.stringify(
        {
          'current-context': 'a',
          clusters: [{ name: 'c', cluster: { server: 'https://k' } }],
          contexts: [{ name: 'a', context: { cluster: 'c' } }],
        },
        null,
        '\t',
      ),
    },
  ],
  ['the mark of UTF-8', { config: `\uFEFF${usual}` }],
  ['UTF-16 of PowerShell', { config: utf16 }],
  ['UTF-16 the other way round', { config: Buffer.from(utf16).swap16() }],
  ['UTF-16 without its mark', { config: utf16.subarray(2) }],
  ['bytes that are no UTF-8', { config: Buffer.from(`${usual}# \u00e9`, 'latin1') }],
  ['a control character', { config: `${usual}# \u0007` }],
  [
    'an anchor and a merge',
    {
      config: usual
        .replace('clusters:', 'x: &x {server: "https://x"}\nclusters:\n- {name: d, cluster: *x}')
        .replace('cluster: {', 'cluster: {<<: *x, '),
    },
  ],
  ['several documents', { config: `${usual}---\nkind: Other\n` }],
  ['a tab', { config: `${usual}\tx: y\n` }],
])('reads %s as client-go does', async (_what, files) => {
  const { clientGo, kanikit } = await both.ask(files);
  expect(kanikit).toEqual(clientGo);
});

test('a cluster that is unverified and has an authority is unverified: decision 0102', async () => {
  const cluster = 'certificate-authority: ca.crt, insecure-skip-tls-verify: true';
  const { clientGo, kanikit } = await both.ask({ config: kubeconfigText({ cluster }) });
  expect(clientGo).toBe('refused');
  expect(kanikit).toMatchObject({ isUnverified: true });
});

test('an authority that is no certificate is said by the first request: decision 0102', async () => {
  const cluster = `certificate-authority-data: ${Buffer.from('none').toString('base64')}`;
  const { clientGo, kanikit } = await both.ask({ config: kubeconfigText({ cluster }) });
  expect(clientGo).toBe('refused');
  expect(kanikit).toMatchObject({ authority: 'none' });
});

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(reading: unknown): unknown {
  if (typeof reading !== 'object' || reading === null) return reading;
  return Object.entries(reading)
    .filter(([, value]) => value !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}
