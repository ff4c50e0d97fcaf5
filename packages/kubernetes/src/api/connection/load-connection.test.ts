import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClientCredential, ClusterConnection } from './cluster-connection.ts';
import { loadConnection } from './load-connection.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'kanikit-kubeconfig-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const cluster = '{ name: c, cluster: { server: "https://cluster.test:6443" } }';
const config = (user: string, more = ''): string => `
apiVersion: v1
kind: Config
current-context: main
contexts: [{ name: main, context: { cluster: c, user: u, namespace: builds } }]
clusters: [${cluster}]
users: [{ name: u, user: ${user} }]
${more}`;

function credentialOf(
  connection: ClusterConnection,
  isRejected = false,
): Promise<ClientCredential | undefined> {
  const { credential } = connection;
  const signal = AbortSignal.timeout(10_000);
  return typeof credential === 'function' ? credential({ isRejected, signal }) : Promise.resolve(credential);
}

const thrownBy = (promise: Promise<unknown>): Promise<{ code?: string; message: string; hint?: string }> =>
  promise.then(
    () => ({ message: 'nothing was thrown' }),
    (error: unknown) => error as { code?: string; message: string; hint?: string },
  );

describe('where the cluster is found', () => {
  test('~/.kube/config, then with everything that can be said', async () => {
    await write('.kube/ca.pem', 'CA');
    await write(
      '.kube/config',
      `{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],
        "clusters":[{"name":"c","cluster":{"server":"https://h:6443/","certificate-authority":"ca.pem","tls-server-name":"n","proxy-url":"http://p:1","insecure-skip-tls-verify":false}}],
        "users":[{"name":"u","user":{"token":"t"}}]}`,
    );
    expect(await loadConnection({ env: {}, homeFolder: folder })).toEqual({
      kind: 'kubeconfig',
      name: 'a',
      server: 'https://h:6443',
      namespace: 'default',
      certificateAuthority: 'CA',
      isServerUnverified: false,
      tlsServerName: 'n',
      proxyUrl: 'http://p:1',
      credential: { certificate: undefined, key: undefined, token: 't' },
    });
  });

  test('KUBECONFIG is a list that is merged, the first word wins, missing files are skipped', async () => {
    const first = await write('one', 'current-context: main\nusers: [{ name: u, user: { token: first } }]');
    const second = await write(
      'two',
      config('{ token: second }').replace('current-context: main', 'current-context: other'),
    );
    const env = { KUBECONFIG: [first, path.join(folder, 'absent'), second].join(path.delimiter) };
    const connection = await loadConnection({ env });
    expect(connection).toMatchObject({ name: 'main', namespace: 'builds', credential: { token: 'first' } });
    expect(await loadConnection({ env, namespace: 'mine' })).toMatchObject({
      namespace: 'mine',
      configuredNamespace: 'builds',
    });
  });

  test('of several files the first that has an entry has the whole of it, and none may be broken', async () => {
    const first = await write('one', 'users: [{ name: u, user: { as: jane } }]');
    const second = await write('two', config('{ token: second }'));
    const env = { KUBECONFIG: [first, second].join(path.delimiter) };
    const connection = await loadConnection({ env });
    expect(connection).toMatchObject({ impersonation: { user: 'jane' }, credential: undefined });
    await write('one', 'users: [{ name: other, user: { token: 5 } }]');
    expect((await thrownBy(loadConnection({ env }))).message).toMatch(/one: users\[0\]\.user\.token must be/);
  });

  test('a file in UTF-16, as PowerShell writes it', async () => {
    const file = path.join(folder, 'config');
    await writeFile(file, Buffer.from(`\uFEFF${config('{ token: t }')}`, 'utf16le'));
    expect(await loadConnection({ env: {}, kubeconfig: file })).toMatchObject({ credential: { token: 't' } });
  });

  test('a KUBECONFIG of nothing but separators names no file, not that of the home', async () => {
    await write('.kube/config', config('{ token: t }'));
    const env = { KUBECONFIG: path.delimiter };
    expect((await thrownBy(loadConnection({ env, homeFolder: folder }))).message).toMatch(/names no file/);
  });

  test('inside a pod, the service account', async () => {
    await write('sa/token', 'one\n');
    await write('sa/ca.crt', 'CA');
    await write('sa/namespace', 'ci');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const options = { env, homeFolder: folder, serviceAccountFolder: path.join(folder, 'sa') };
    const connection = await loadConnection(options);
    expect(connection).toMatchObject({
      kind: 'in-cluster',
      server: 'https://[fd00::1]:443',
      namespace: 'ci',
    });
    expect(await credentialOf(connection)).toEqual({ token: 'one' });
    await write('sa/token', 'two\n');
    expect(await credentialOf(connection)).toEqual({ token: 'one' });
    expect(await credentialOf(connection, true)).toEqual({ token: 'two' });
    expect(await loadConnection({ ...options, env: { ...env, POD_NAMESPACE: 'mine' } })).toMatchObject({
      namespace: 'mine',
    });
    await rm(path.join(folder, 'sa/ca.crt'));
    expect(await loadConnection(options)).toMatchObject({ certificateAuthority: undefined });
    await write('no-context', `clusters: [${cluster}]`);
    const kubeconfig = path.join(folder, 'no-context');
    expect(await loadConnection({ ...options, kubeconfig })).toMatchObject({ kind: 'in-cluster' });
    expect((await thrownBy(loadConnection({ ...options, serviceAccountFolder: '/nowhere' }))).code).toBe(
      'kubeconfig-missing',
    );
    expect((await thrownBy(loadConnection({ env: {}, isInCluster: true }))).message).toMatch(
      /KUBERNETES_SERVICE_HOST/,
    );
  });
});

describe('what is wrong is said with file and place', () => {
  test.each<[string, string, string, RegExp]>([
    ['no file', '', 'kubeconfig-missing', /config/],
    ['not YAML', 'a: [1\nb: "se:cret', 'kubeconfig-invalid', /line \d/],
    ['a list', '- a', 'kubeconfig-invalid', /no kubeconfig/],
    ['empty', ' ', 'kubeconfig-invalid', /names no cluster/],
    [
      'no such context',
      config('{}').replace('current-context: main', 'current-context: nope'),
      'kubeconfig-context-missing',
      /"nope"/,
    ],
    [
      'no current context',
      config('{}').replace('current-context: main', ''),
      'kubeconfig-context-missing',
      /current-context/,
    ],
    [
      'no such cluster',
      config('{}').replace('cluster: c', 'cluster: x'),
      'kubeconfig-invalid',
      /contexts\[0\]\.context\.cluster names "x"/,
    ],
    [
      'a name twice',
      config('{}', 'clusters: [{ name: d }, { name: d }]'),
      'kubeconfig-invalid',
      /clusters\[1\]\.name is "d"/,
    ],
    ['another kind', config('{}').replace('Config', 'List'), 'kubeconfig-invalid', /its kind must be Config/],
    ['another version', config('{}').replace('v1', 'v2'), 'kubeconfig-invalid', /its apiVersion must be v1/],
    [
      'a wrong value that nobody uses',
      config('{}', 'extensions: [5]'),
      'kubeconfig-invalid',
      /extensions\[0\] must hold fields/,
    ],
    [
      'proxy without a scheme',
      config('{}').replace('server:', 'proxy-url: "p:3128", server:'),
      'kubeconfig-invalid',
      /clusters\[0\]\.cluster\.proxy-url must begin/,
    ],
    [
      'a token, and a name and password',
      config('{ token: se-cret, username: u }'),
      'kubeconfig-invalid',
      /users\[0\]\.user has both a token and/,
    ],
    [
      'a file and its data',
      config('{ client-certificate: a, client-certificate-data: YQ==, client-key: b }'),
      'kubeconfig-invalid',
      /both client-certificate and client-certificate-data/,
    ],
    [
      'base64 without its end',
      config('{ client-key-data: YQ }'),
      'kubeconfig-invalid',
      /client-key-data is not base64/,
    ],
    [
      'a token file that is missing',
      config('{ tokenFile: gone }'),
      'kubeconfig-invalid',
      /tokenFile names .*gone.*ENOENT/,
    ],
    [
      'a plugin of v1 that says not whether it asks',
      config('{ exec: { command: x, apiVersion: client.authentication.k8s.io/v1 } }'),
      'kubeconfig-invalid',
      /users\[0\]\.user\.exec\.interactiveMode is missing/,
    ],
    [
      'a control character',
      config('{}', '# \u0007'),
      'kubeconfig-invalid',
      /line \d+: it has a control character/,
    ],
    [
      'no server',
      config('{}').replace('server: "https://cluster.test:6443"', ''),
      'kubeconfig-invalid',
      /clusters\[0\]\.cluster\.server is missing/,
    ],
    [
      'bad server',
      config('{}').replace('https://cluster', 'ftp://cluster'),
      'kubeconfig-invalid',
      /clusters\[0\]\.cluster\.server/,
    ],
    ['clusters not a list', 'clusters: { a: 1 }', 'kubeconfig-invalid', /clusters must be a list/],
    ['number as token', config('{ token: 5 }'), 'kubeconfig-invalid', /users\[0\]\.user\.token must be text/],
    [
      'half a certificate',
      config('{ client-certificate-data: YQ== }'),
      'kubeconfig-invalid',
      /client-key is missing/,
    ],
    [
      'bad base64',
      config('{ client-certificate-data: "se cret!", client-key-data: YQ== }'),
      'kubeconfig-invalid',
      /client-certificate-data is not base64/,
    ],
    [
      'missing file',
      config('{ client-certificate: gone.pem, client-key: gone.key }'),
      'kubeconfig-invalid',
      /gone\.pem.*ENOENT/,
    ],
    [
      'old plugin',
      config('{ exec: { command: x, apiVersion: client.authentication.k8s.io/v1alpha1 } }'),
      'kubeconfig-invalid',
      /users\[0\]\.user\.exec\.apiVersion/,
    ],
  ])('%s', async (_title, text, code, words) => {
    const file = text === '' ? path.join(folder, 'config') : await write('config', text);
    const error = await thrownBy(loadConnection({ env: {}, kubeconfig: file }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(words);
    expect(error.message).toContain(file);
    expect(error.hint).toBeTruthy();
    expect(error.message).not.toContain('se:cret');
  });

  test('bytes that are no text', async () => {
    const file = path.join(folder, 'config');
    await writeFile(file, Buffer.from(`${config('{}')}# é`, 'latin1'));
    expect((await thrownBy(loadConnection({ env: {}, kubeconfig: file }))).message).toMatch(
      /not text in UTF-8/,
    );
  });

  test('contexts to choose from are named', async () => {
    const file = await write('config', config('{}'));
    expect((await thrownBy(loadConnection({ env: {}, kubeconfig: file, context: 'x' }))).hint).toContain(
      'main',
    );
  });
});

/** A shell command that prints an answer of a plugin. */
function answering(more: string): string {
  return `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"${more}}'`;
}

describe('credentials', () => {
  const load = async (user: string): Promise<ClusterConnection> =>
    loadConnection({ env: { PATH: process.env['PATH'] }, kubeconfig: await write('config', config(user)) });

  test('name and password in the address of the server are no part of it', async () => {
    const text = config('{}').replace('https://cluster.test', 'https://u:se%40cret@cluster.test');
    const found = await loadConnection({ env: {}, kubeconfig: await write('config', text) });
    expect(found.server).toBe('https://cluster.test:6443');
    expect(found.credential).toEqual({ basic: { username: 'u', password: 'se@cret' } });
    // Go sends these before it comes to the token.
    const named = text.replace('user: {}', 'user: { token: t }');
    const other = await loadConnection({ env: {}, kubeconfig: await write('config', named) });
    expect(other.credential).toEqual({ basic: { username: 'u', password: 'se@cret' } });
  });

  test('whom to act as, with every field of it', async () => {
    const user =
      '{ token: t, as: jane, as-uid: "7", as-groups: [devs, ops], as-user-extra: { scopes: [view, edit], acme.com/p: [x] } }';
    expect((await load(user)).impersonation).toEqual({
      user: 'jane',
      uid: '7',
      groups: ['devs', 'ops'],
      extra: { scopes: ['view', 'edit'], 'acme.com/p': ['x'] },
    });
    expect((await load('{ token: t, as: "" }')).impersonation).toBeUndefined();
  });

  test.each([
    ['as-groups: [devs]', /no user \(as\)/],
    ['as-uid: "7"', /no user \(as\)/],
    ['as-user-extra: { a: [b] }', /no user \(as\)/],
    ['as: 7', /users\[0\]\.user\.as must be text/],
    ['as: jane, as-groups: devs', /as-groups must be a list/],
    ['as: jane, as-groups: [1]', /as-groups\[0\] must be text/],
    ['as: jane, as-user-extra: { a: b }', /as-user-extra\.a must be a list/],
    [
      'exec: { command: x, apiVersion: client.authentication.k8s.io/v1, args: [0400] }',
      /args\[0\] must be text/,
    ],
    [
      'exec: { command: x, apiVersion: client.authentication.k8s.io/v1, env: [{ name: A, value: yes }] }',
      /env\[0\]\.value must be text/,
    ],
  ])('what kubectl refuses is refused, and nobody acts as the stronger user: %s', async (fields, words) => {
    const error = await thrownBy(
      load(fields.startsWith('exec') ? `{ ${fields} }` : `{ token: t, ${fields} }`),
    );
    expect(error).toMatchObject({ code: 'kubeconfig-invalid' });
    expect(error.message).toMatch(words);
  });

  test('certificate, name and password, token file', async () => {
    const data = (text: string): string => Buffer.from(text).toString('base64');
    const identity = `client-certificate-data: ${data('CERT')}, client-key-data: ${data('KEY')}`;
    expect(await credentialOf(await load(`{ ${identity} }`))).toEqual({ certificate: 'CERT', key: 'KEY' });
    expect(await credentialOf(await load('{ username: a, password: b }'))).toMatchObject({
      basic: { username: 'a', password: 'b' },
    });
    await write('token', 'from file\n');
    expect(await credentialOf(await load('{ token: ignored, tokenFile: token }'))).toMatchObject({
      token: 'from file',
    });
  });

  test('a plugin is asked once until its credential expires or is refused', async () => {
    const program = await write(
      'plugin',
      `#!/bin/sh
echo run >> "${folder}/runs"
case "$KUBERNETES_EXEC_INFO" in *'"server":"https://cluster.test:6443"'*) ;; *) exit 9;; esac
echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$GIVEN-$(wc -l < "${folder}/runs" | tr -d ' ')\\",\\"expirationTimestamp\\":\\"$UNTIL\\"}}"
`,
    );
    await chmod(program, 0o755);
    const user = (until: string): string =>
      `{ exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin, provideClusterInfo: true, interactiveMode: IfAvailable, env: [{ name: GIVEN, value: tok }, { name: UNTIL, value: "${until}" }] } }`;
    const lasting = await load(user('2099-01-01T00:00:00Z'));
    expect(await Promise.all([credentialOf(lasting), credentialOf(lasting)])).toMatchObject([
      { token: 'tok-1' },
      { token: 'tok-1' },
    ]);
    expect(await credentialOf(lasting)).toMatchObject({ token: 'tok-1' });
    expect(await credentialOf(lasting, true)).toMatchObject({ token: 'tok-2' });
    const expired = await load(user('2001-01-01T00:00:00Z'));
    await credentialOf(expired);
    expect(await credentialOf(expired)).toMatchObject({ token: 'tok-4' });
  });

  test.each([
    ['exit 3', /exit code 3/],
    ['echo "please log in" >&2; exit 1', /please log in/],
    [
      'echo "got Authorization: Bearer abcdefghij0123456789se-cret0123456789 $API_TOKEN at https://u:se-cret@host/?token=se-cret-5678" >&2; exit 1',
      /got/,
    ],
    ['yes "no no" | head -c 100000 >&2; exit 1', /^.{0,900}$/s],
    ['echo se-cret', /no ExecCredential/],
    [`echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"x":"se-cret"}}'`, /no ExecCredential/],
    [answering(''), /has no status/],
    [answering(',"status":{"x":"se-cret"}'), /neither a token/],
    [answering(',"status":{"token":["se-cret"]}'), /status\.token that is not text/],
    [answering(',"status":{"token":"se-cret","clientKeyData":"se-cret"}'), /and not both/],
    [
      answering(',"status":{"token":"se-cret","expirationTimestamp":"se-cret"}'),
      /expirationTimestamp that is no time/,
    ],
  ])('a plugin that fails: %s', async (script, words) => {
    const user = `{ exec: { apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: sh, args: [-c, ${JSON.stringify(script)}], env: [{ name: API_TOKEN, value: se-cret-of-the-kubeconfig }], installHint: install it } }`;
    const error = await thrownBy(credentialOf(await load(user)));
    expect(error).toMatchObject({ code: 'credential-plugin-failed', hint: 'install it' });
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('se-cret');
  });

  test.each([
    ['a token', 'token: t', { token: 't' }],
    ['a name', 'username: u', { basic: { username: 'u', password: '' } }],
    ['a certificate', 'client-certificate-data: Qw==, client-key-data: Sw==', { certificate: 'C', key: 'K' }],
  ])('a plugin is not asked beside %s', async (_what, fields, credential) => {
    const plugin = '{ apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin-here }';
    expect(await credentialOf(await load(`{ ${fields}, exec: ${plugin} }`))).toEqual(credential);
  });

  test('a token counts while its file can not be read', async () => {
    const connection = await load('{ token: kept, tokenFile: token }');
    expect(await credentialOf(connection)).toEqual({ token: 'kept' });
    await write('token', 'from file\n');
    expect(await credentialOf(connection, true)).toEqual({ token: 'from file' });
    await rm(path.join(folder, 'token'));
    expect(await credentialOf(connection, true)).toEqual({ token: 'from file' });
  });

  test('nothing is told to a server over plain http', async () => {
    for (const server of ['http://cluster.test', 'cluster.test']) {
      const text = config('{ token: se-cret }').replace('https://cluster.test:6443', server);
      const found = await loadConnection({ env: {}, kubeconfig: await write('config', text) });
      expect(found).toMatchObject({ server: 'http://cluster.test', credential: undefined });
    }
  });

  test('a user that no file defines is nobody', async () => {
    const text = config('{ token: t }').replace('user: u }', 'user: x }').replace('user: u,', 'user: x,');
    const found = await loadConnection({ env: {}, kubeconfig: await write('config', text) });
    expect(found.credential).toBeUndefined();
  });

  test('a plugin that is not installed', async () => {
    const user =
      '{ exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin-here } }';
    expect((await thrownBy(credentialOf(await load(user)))).message).toMatch(/there is no such program/);
  });

  test('a legacy provider is left to the official client', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ exp: 4_000_000_000 })}.x`;
    const user = `{ auth-provider: { name: oidc, config: { id-token: "${token}", client-id: a, idp-issuer-url: "https://i", refresh-token: r } } }`;
    expect(await credentialOf(await load(user))).toEqual({ token });
  });
});

describe('where a cluster is optional', () => {
  const none = { name: 'none', namespace: 'default', server: 'https://kubernetes.invalid' };
  const load = (env: Readonly<Record<string, string>>, more = {}) =>
    loadConnection({ env, homeFolder: folder, isOptional: true, ...more });

  test('it is done without a kubeconfig, with an empty one, and without a current context', async () => {
    const withoutContext = await write('config', `clusters: [${cluster}]\n`);
    expect(await load({})).toMatchObject(none);
    expect(await load({}, { namespace: 'ci' })).toMatchObject({ ...none, namespace: 'ci' });
    expect(await load({ KUBECONFIG: os.devNull })).toMatchObject(none);
    expect(await load({ KUBECONFIG: withoutContext })).toMatchObject(none);
  });

  test('what is named is wanted', async () => {
    const absent = { kubeconfig: path.join(folder, 'absent') };
    await expect(load({}, absent)).rejects.toMatchObject({ code: 'kubeconfig-missing' });
    await expect(load({}, { isOptional: false })).rejects.toMatchObject({ code: 'kubeconfig-missing' });
    await write('.kube/config', `clusters: [${cluster}]\n`);
    await expect(load({}, { context: 'absent' })).rejects.toMatchObject({
      code: 'kubeconfig-context-missing',
    });
  });
});
