import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoScript, type KubectlSandbox, podManifest, startKubectlSandbox } from './kubectl.ts';

let sandbox: KubectlSandbox;
beforeAll(async () => {
  sandbox = await startKubectlSandbox(demoScript);
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

test('applies, follows, describes and deletes a pod', async () => {
  const apply = (labels: object) => sandbox.run(['apply', '-f', '-'], podManifest('life', {}, labels));
  expect((await apply({ a: '1' })).stdout).toBe('pod/life created\n');
  expect(await sandbox.output('logs', '-f', '--pod-running-timeout=10s', 'life')).toBe('one\ntwo\nthree\n');
  await sandbox.output('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/life', '--timeout=10s');
  expect(await sandbox.output('get', 'pods', 'life')).toMatch(
    /^NAME +READY +STATUS +RESTARTS +AGE\nlife +0\/1 +Completed +0 +\d+s\n$/,
  );
  expect((await apply({ a: '2' })).stdout).toBe('pod/life configured\n');
  expect((await apply({ a: '2' })).stdout).toBe('pod/life unchanged\n');
  expect(await sandbox.output('get', 'pods', '-l', 'a=2', '-o', 'name')).toBe('pod/life\n');
  const description = await sandbox.output('describe', 'pod', 'life');
  expect(description).toMatch(/Reason: +Completed\n +Exit Code: +0/);
  expect(description).toContain('Successfully assigned default/life to kanikit-sandbox');
  expect(await sandbox.output('delete', 'pod', 'life')).toContain('pod "life" deleted');
  expect((await sandbox.run(['get', 'pod', 'life'])).stderr).toBe(
    'Error from server (NotFound): pods "life" not found\n',
  );
});

test('attaches with stdin', async () => {
  await sandbox.run(['apply', '-f', '-'], podManifest('stdin', { stdin: true, stdinOnce: true }));
  await sandbox.output('wait', '--for=condition=Ready', 'pod/stdin', '--timeout=10s');
  const { stdout, exitCode } = await sandbox.run(['attach', '-i', '-q', 'stdin'], 'x'.repeat(1_000_000));
  expect({ stdout, exitCode }).toEqual({ stdout: '1000000 bytes\n', exitCode: 0 });
});

test('watches pods change', async () => {
  const watching = sandbox.run([
    'get',
    'pods',
    '-w',
    '-l',
    'watch=1',
    '--request-timeout=3s',
    '--no-headers',
  ]);
  await sandbox.run(['apply', '-f', '-'], podManifest('watched', { args: ['3'] }, { watch: '1' }));
  const states = (await watching).stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/ +/)[2]);
  expect(states.at(-1)).toBe('Error');
});

test('shows why a pod waits', async () => {
  await sandbox.run(['apply', '-f', '-'], podManifest('waits', { image: 'missing' }));
  await sandbox.output(
    'wait',
    '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff',
    'pod/waits',
    '--timeout=10s',
  );
  expect(await sandbox.output('get', 'pods', 'waits')).toContain('ImagePullBackOff');
  expect((await sandbox.run(['logs', 'waits'])).stderr).toContain(
    'container "executor" in pod "waits" is waiting to start: trying and failing to pull image',
  );
  await sandbox.output('delete', 'pod', 'waits', '--now');
});

test('creates a registry secret and config maps', async () => {
  const login = ['--docker-server=r.example', '--docker-username=u', '--docker-password=p'];
  await sandbox.output('create', 'secret', 'docker-registry', 'dockercred', ...login);
  expect(await sandbox.output('get', 'secret', 'dockercred', '-o', 'jsonpath={.type}')).toBe(
    'kubernetes.io/dockerconfigjson',
  );
  const encoded = await sandbox.output(
    'get',
    'secret',
    'dockercred',
    '-o',
    'jsonpath={.data.\\.dockerconfigjson}',
  );
  expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toMatchObject({
    auths: { 'r.example': { username: 'u', password: 'p' } },
  });
  await sandbox.output('create', 'configmap', 'settings', '--from-literal=a=b');
  expect(await sandbox.output('get', 'cm', 'settings', '-o', 'jsonpath={.data.a}')).toBe('b');
});

test('makes and takes away namespaces', async () => {
  await sandbox.output('create', 'namespace', 'team');
  await sandbox.run(['apply', '-n', 'team', '-f', '-'], podManifest('runs', { args: ['wait'] }));
  await sandbox.output('wait', '-n', 'team', '--for=condition=Ready', 'pod/runs', '--timeout=10s');
  expect(await sandbox.output('delete', 'namespace', 'team')).toContain('namespace "team" deleted');
  expect((await sandbox.run(['get', 'ns', 'team'])).stderr).toContain('namespaces "team" not found');
});

test('tells what a user may do, and refuses the rest', async () => {
  expect(await sandbox.output('auth', 'can-i', 'create', 'pods')).toBe('yes\n');
  expect((await sandbox.run(['auth', 'can-i', 'create', 'pods', '--as=dev'])).stdout).toBe('no\n');
  expect(await sandbox.output('auth', 'can-i', 'list', 'pods', '--as=dev', '-n', 'default')).toBe('yes\n');
  const { stderr } = await sandbox.run(['get', 'secrets', '--token=dev-token']);
  expect(stderr).toContain(
    'User "dev" cannot list resource "secrets" in API group "" in the namespace "default"',
  );
  expect((await sandbox.run(['get', 'pods', '--token=wrong'])).stderr).toContain('Unauthorized');
});

test('is strict about fields, and dry runs on the server', async () => {
  const { stderr } = await sandbox.run(['apply', '-f', '-'], podManifest('strict', { imag: 'x' }));
  expect(stderr).toContain('strict decoding error: unknown field "spec.containers[0].imag"');
  const dry = await sandbox.run(['apply', '--dry-run=server', '-f', '-'], podManifest('dry'));
  expect(dry.stdout).toBe('pod/dry created (server dry run)\n');
  expect((await sandbox.run(['get', 'pod', 'dry'])).exitCode).toBe(1);
});

test('knows its node', async () => {
  expect(await sandbox.output('get', 'nodes')).toMatch(/kanikit-sandbox +Ready/);
  expect(await sandbox.output('describe', 'node')).toContain('Allocated resources');
  expect(await sandbox.output('get', '--raw', '/version')).toContain('"gitVersion":"v1.34.4');
});
