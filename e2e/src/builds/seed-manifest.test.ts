import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GitServer, startGitServer } from '../parts/git-server.ts';
import { goPart } from '../parts/go-part.ts';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';

const run = promisify(execFile);
let sandbox: BuildSandbox;
let git: GitServer;
let kubectlProgram: string;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  git = await startGitServer(sandbox.scratch);
  kubectlProgram = await goPart('kubectl', new AbortController().signal);
  await git.addRepository('project', {
    Dockerfile: `FROM ${sandbox.description.baseImage}\nCOPY greeting /greeting\nRUN cat /greeting\n`,
    greeting: 'hello from git\n',
  });
});

afterAll(async () => {
  await git[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

const env = () => ({ ...process.env, KUBECONFIG: sandbox.description.kubeconfig });
const kubectl = async (...args: string[]) => (await run(kubectlProgram, args, { env: env() })).stdout;

/** As the tutorials do it; the sandbox's registry wants this password. */
async function createRegistrySecret(): Promise<void> {
  const { registry, registryCredentials } = sandbox.description;
  const { username, password } = registryCredentials;
  const login = [
    `--docker-server=${registry}`,
    `--docker-username=${username}`,
    `--docker-password=${password}`,
  ];
  await kubectl('create', 'secret', 'docker-registry', 'dockercred', ...login);
}

/** The request behind the manifest of Kaniko's tutorials: a Git context and a registry secret that is there already. */
const request = () => ({
  context: `git://${git.host}/project.git#refs/heads/main`,
  destinations: [`${sandbox.description.registry}/seed/project:1`],
  pod: { name: 'kaniko', registrySecret: 'dockercred', env: { GIT_PULL_METHOD: 'http' } },
});

test(
  "the tutorials' manifest is produced, applied with kubectl, and builds",
  { timeout: 180_000 },
  async () => {
    await using kanikit = await sandbox.connect({ store: undefined });
    const [plan] = await kanikit.plan(request());
    expect(plan?.delivery).toBe('none');
    expect(plan?.manifests.map((manifest) => manifest.kind)).toEqual(['Pod']);

    await createRegistrySecret();
    const apply = spawn(kubectlProgram, ['apply', '-f', '-'], {
      env: env(),
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    apply.stdin.end(JSON.stringify(plan?.manifests[0]));
    expect((await once(apply, 'exit'))[0]).toBe(0);
    await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/kaniko', '--timeout=60s');
    const log = await kubectl('logs', 'kaniko');
    expect(log).toContain('hello from git');
    expect(log).toContain('Pushed');
    expect(await kubectl('describe', 'pod', 'kaniko')).toMatch(/Exit Code:\s+0[\s\S]*dockercred/);
    await kubectl('delete', 'pod', 'kaniko');
    await kubectl('delete', 'secret', 'dockercred');
  },
);

test(
  'the same request builds through the SDK, with the secret that is there',
  { timeout: 180_000 },
  async () => {
    await createRegistrySecret();
    await using kanikit = await sandbox.connect();
    const result = await kanikit.build(request());
    expect(result.images[0]?.reference).toBe(`${sandbox.description.registry}/seed/project:1`);
    // What the user made stays; what kanikit made is gone.
    expect(await sandbox.leftovers()).toEqual(['secret dockercred']);
    await kubectl('delete', 'secret', 'dockercred');
  },
);

test('kubectl follows the pod of a running build', { timeout: 180_000 }, async () => {
  await using kanikit = await sandbox.connect();
  const build = kanikit.start({ ...request(), pod: { env: { GIT_PULL_METHOD: 'http' } } });
  let pod = '';
  let followed: Promise<string> | undefined;
  for await (const event of build.events) {
    if (event.type === 'pod-create') pod = event.pod;
    if (event.type === 'pod-start') followed = kubectl('logs', '--follow', pod);
  }
  expect((await build.result).outcome).toBe('succeeded');
  expect(await followed).toContain('hello from git');
});
