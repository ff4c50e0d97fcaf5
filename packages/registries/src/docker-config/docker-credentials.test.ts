import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RegistryCredential, RunContext } from '@kanikit/spec';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDockerCredentials } from './docker-credentials.ts';
import { renderDockerConfig } from './render-config.ts';

const secret = 's3cr3t-value';
const auth = Buffer.from(`user:${secret}`).toString('base64');
const login: RegistryCredential = { kind: 'password', username: 'user', password: secret };
const run: RunContext = { signal: new AbortController().signal, now: Date.now };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'kanikit-docker-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function write(name: string, content: string | object): Promise<string> {
  const file = path.join(home, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** Puts a `docker-credential-…` program on the PATH of the test. */
async function writeHelper(name: string, script: string): Promise<void> {
  await chmod(await write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`), 0o755);
}

function resolve(
  registry: string,
  env: Record<string, string> = {},
): Promise<RegistryCredential | undefined> {
  const PATH = `${path.join(home, 'bin')}${path.delimiter}${process.env['PATH']}`;
  return createDockerCredentials({ env: { HOME: home, PATH, ...env } }).resolve(registry, run);
}

async function errorOf(
  promise: Promise<unknown>,
): Promise<Error & { readonly code?: string; readonly hint?: string }> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown as Error,
  );
  const told = [
    error.message,
    error.stack,
    String((error as { hint?: string }).hint),
    String(error.cause),
  ].join('\n');
  expect(told).not.toContain(secret);
  expect(told).not.toContain(auth);
  return error;
}

describe('entries of config.json', () => {
  test.each<[string, string, object, RegistryCredential | undefined]>([
    ['Docker Hub', 'index.docker.io', { 'https://index.docker.io/v1/': { auth } }, login],
    ['Docker Hub, short', 'index.docker.io', { 'docker.io': { auth } }, login],
    ['Docker Hub by its short name', 'docker.io', { 'https://index.docker.io/v1/': { auth } }, login],
    ['a host', 'ghcr.io', { 'ghcr.io': { auth } }, login],
    ['a host in capitals', 'ghcr.io', { 'GHCR.io': { auth } }, login],
    ['with scheme', 'r.example.com:5000', { 'https://r.example.com:5000': { auth } }, login],
    ['with API path', 'r.example.com', { 'https://r.example.com/v2/': { auth } }, login],
    ['another port', 'r.example.com:5000', { 'r.example.com': { auth } }, undefined],
    [
      'a path of podman for another repository',
      'r.example.com',
      { 'r.example.com/team': { auth } },
      undefined,
    ],
    [
      'a path that covers',
      'r.example.com/team/app',
      { 'r.example.com': { auth: 'YTpi' }, 'r.example.com/team': { auth } },
      login,
    ],
    ['a path that only looks like it', 'r.example.com/teams', { 'r.example.com/team': { auth } }, undefined],
    ['user and password apart', 'r', { r: { username: 'user', password: secret } }, login],
    [
      'identity token',
      'r',
      { r: { auth: 'OjA=', identitytoken: secret } },
      { kind: 'identity-token', token: secret },
    ],
    [
      'identity token as password',
      'r',
      { r: { auth: Buffer.from(`<token>:${secret}`).toString('base64') } },
      { kind: 'identity-token', token: secret },
    ],
    ['registry token', 'r', { r: { registrytoken: secret } }, { kind: 'registry-token', token: secret }],
    [
      'password with colons',
      'r',
      { r: { auth: Buffer.from('u:a:b:c').toString('base64') } },
      { kind: 'password', username: 'u', password: 'a:b:c' },
    ],
    ['unpadded', 'r', { r: { auth: auth.replace(/=+$/, '') } }, login],
    ['empty', 'r', { r: {} }, undefined],
    ['nothing', 'r', {}, undefined],
  ])('%s', async (_title, registry, auths, expected) => {
    await write('.docker/config.json', { auths });
    expect(await resolve(registry)).toEqual(expected);
  });
});

describe('files', () => {
  test('DOCKER_CONFIG, REGISTRY_AUTH_FILE, DOCKER_AUTH_CONFIG and podman files, the most specific first', async () => {
    const entry = (username: string): object => ({
      auths: { r: { auth: Buffer.from(`${username}:p`).toString('base64') } },
    });
    const user = async (env: Record<string, string>): Promise<unknown> =>
      ((await resolve('r', env)) as { username?: string } | undefined)?.username;
    expect(await user({})).toBeUndefined();
    await write('.config/containers/auth.json', entry('podman'));
    expect(await user({})).toBe('podman');
    await write('run/containers/auth.json', entry('runtime'));
    expect(await user({ XDG_RUNTIME_DIR: path.join(home, 'run') })).toBe('runtime');
    await write('.docker/config.json', entry('docker'));
    expect(await user({})).toBe('docker');
    await write('other/config.json', entry('other'));
    expect(await user({ DOCKER_CONFIG: path.join(home, 'other') })).toBe('other');
    const asked = await write('auth.json', entry('asked'));
    expect(await user({ REGISTRY_AUTH_FILE: asked })).toBe('asked');
    expect(
      await user({ REGISTRY_AUTH_FILE: asked, DOCKER_AUTH_CONFIG: JSON.stringify(entry('content')) }),
    ).toBe('content');
  });

  test.each<[string, string, RegExp]>([
    ['not JSON', `{"auths": {"r": {"auth": "${auth}"`, /not valid JSON/],
    ['unquoted', `{"auths": {"r": ${secret}}}`, /not valid JSON/],
    ['a list', '[]', /not a JSON object/],
    ['auths is text', `{"auths": "${secret}"}`, /auths must hold fields/],
    ['bad base64', `{"auths": {"r": {"auth": "${secret}!"}}}`, /auths\["r"\]\.auth/],
    [
      'no colon',
      `{"auths": {"r": {"auth": "${Buffer.from('abc').toString('base64')}"}}}`,
      /auths\["r"\]\.auth/,
    ],
    ['number', '{"auths": {"r": {"password": 5, "username": "a"}}}', /auths\["r"\]\.password/],
    ['bad helper', '{"credHelpers": {"r": 5}}', /credHelpers\["r"\]/],
    [
      'token that fits in no header',
      `{"auths": {"r": {"registrytoken": "a€b"}}}`,
      /auths\["r"\]\.registrytoken/,
    ],
    ['token of two lines', `{"auths": {"r": {"registrytoken": "a\\nb"}}}`, /auths\["r"\]\.registrytoken/],
    ['login in a key', `{"auths": {"https://u:${secret}@r": 5}}`, /auths\["https:\/\/\*\*\*@r"\]/],
  ])('broken: %s', async (_title, text, words) => {
    const file = await write('.docker/config.json', text);
    const error = await errorOf(resolve('r'));
    expect(error.code).toBe('docker-config-invalid');
    expect(error.message).toMatch(words);
    expect(error.message).toContain(file);
    expect(error.message).not.toContain(secret);
  });

  test('a file that was asked for must be there', async () => {
    expect((await errorOf(resolve('r', { REGISTRY_AUTH_FILE: '/nowhere/auth.json' }))).message).toContain(
      '/nowhere/auth.json',
    );
  });
});

describe('helpers', () => {
  const answer = (username: string): string =>
    `{"ServerURL":"x","Username":"${username}","Secret":"${secret}"}`;

  test('the helper of a registry is asked for the name in the file; others are not', async () => {
    await writeHelper('own', `cat > ${home}/asked; echo '${answer('user')}'`);
    await write('.docker/config.json', {
      credHelpers: { 'https://r.example.com': 'own' },
      credsStore: 'absent',
    });
    expect(await resolve('r.example.com')).toEqual(login);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(path.join(home, 'asked'), 'utf8')).toBe('https://r.example.com');
  });

  test('the store serves all; Docker Hub by its long name; tokens are tokens', async () => {
    await writeHelper(
      'store',
      `[ "$(cat)" = https://index.docker.io/v1/ ] && echo '${answer('<token>')}' || { echo 'credentials not found in native keychain'; exit 1; }`,
    );
    await write('.docker/config.json', { credsStore: 'store', auths: { 'ghcr.io': { auth } } });
    expect(await resolve('index.docker.io')).toEqual({ kind: 'identity-token', token: secret });
    expect(await resolve('quay.io')).toBeUndefined();
    expect(await resolve('ghcr.io')).toEqual(login);
  });

  test.each<[string, string, RegExp]>([
    ['fails', 'echo "token expired, run login" >&2; exit 1', /exit code 1: token expired, run login/],
    ['fails and leaks in words', `echo "saved ${secret}"; exit 1`, /exit code 1\./],
    ['fails and leaks', `echo '{"Secret":"${secret}"}'; exit 1`, /exit code 1\./],
    [
      'fails and repeats its answer',
      `echo '{"Secret":"${secret}"}'; echo "log-in with ${secret} refused" >&2; exit 1`,
      /exit code 1: log-in with \*\*\* refused\./,
    ],
    [
      'fails and repeats one word',
      `echo ${secret}; echo "no ${secret}" >&2; exit 1`,
      /exit code 1: no \*\*\*\./,
    ],
    [
      'fails with an answer in a long line',
      `echo "read {\\"Secret\\":\\"$(printf '${secret}%.0s' $(seq 100))\\"}" >&2; exit 1`,
      /exit code 1\./,
    ],
    ['answers without end', `trap '' TERM; yes ${secret}`, /its answer is longer than 1 MiB/],
    ['answers rubbish', `echo ${secret}`, /not JSON/],
    ['answers half', '{ echo "{}"; }', /no Username and Secret/],
    ['does not read', 'exec 0<&-; exit 7', /exit code 7/],
  ])('a helper that %s', async (_title, script, words) => {
    await writeHelper('bad', script);
    await write('.docker/config.json', { credsStore: 'bad' });
    const error = await errorOf(resolve('r'));
    expect(error.code).toBe('credential-helper-failed');
    expect(error.message).toMatch(words);
    expect(error.message).toContain('docker-credential-bad');
    expect(error.message).not.toContain(secret);
    expect(error.hint).toBeTruthy();
  });

  test.each(['no-such-helper', '../evil', 'a b'])('a helper that is not there: %s', async (helper) => {
    await write('.docker/config.json', { credsStore: helper });
    expect((await errorOf(resolve('r'))).code).toBe('credential-helper-failed');
  });

  test('each registry is asked for once, a failure again', async () => {
    await writeHelper(
      'count',
      `echo x >> ${home}/count; [ -e ${home}/ok ] || exit 1; echo '${answer('user')}'`,
    );
    await write('.docker/config.json', { credsStore: 'count' });
    const PATH = `${path.join(home, 'bin')}${path.delimiter}${process.env['PATH']}`;
    const credentials = createDockerCredentials({ env: { HOME: home, PATH } });
    await errorOf(credentials.resolve('r', run));
    await write('ok', '');
    expect(await Promise.all([credentials.resolve('r', run), credentials.resolve('r', run)])).toEqual([
      login,
      login,
    ]);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(path.join(home, 'count'), 'utf8')).toBe('x\nx\n');
  });

  test('an abort ends a helper that hangs', async () => {
    await writeHelper('hang', 'exec sleep 60');
    await write('.docker/config.json', { credsStore: 'hang' });
    const PATH = `${path.join(home, 'bin')}${path.delimiter}${process.env['PATH']}`;
    const abort = new AbortController();
    const asking = createDockerCredentials({ env: { HOME: home, PATH } }).resolve('r', {
      ...run,
      signal: abort.signal,
    });
    setImmediate(() => abort.abort(new Error('stop')));
    await expect(asking).rejects.toThrow('stop');
  });
});

describe('renderDockerConfig', () => {
  test('holds what was given, and reads back the same', async () => {
    const entries: { registry: string; credential: RegistryCredential }[] = [
      { registry: 'index.docker.io', credential: login },
      { registry: 'ghcr.io', credential: { kind: 'identity-token', token: secret } },
      { registry: 'r.example.com:5000/team', credential: { kind: 'registry-token', token: secret } },
    ];
    const text = renderDockerConfig(entries);
    expect(Object.keys((JSON.parse(text) as { auths: object }).auths)).toEqual([
      'ghcr.io',
      'https://index.docker.io/v1/',
      'r.example.com:5000/team',
    ]);
    await write('.docker/config.json', text);
    for (const { registry, credential } of entries) expect(await resolve(registry)).toEqual(credential);
  });
});
