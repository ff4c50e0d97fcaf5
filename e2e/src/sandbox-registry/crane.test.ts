import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { goPart } from '../parts/go-part.ts';
import { type ProgramResult, runProgram } from '../parts/run-program.ts';
import { startTestSandbox, type TestSandbox } from '../parts/test-sandbox.ts';

let test: TestSandbox;
let program: string;
let folder: string;
let repository: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-crane-'));
  program = await goPart('crane', AbortSignal.timeout(600_000));
  test = await startTestSandbox();
  repository = `${test.description.registry}/team/app`;
  await writeFile(join(folder, 'hello.txt'), 'hello from a layer');
  await create({ cwd: folder, file: join(folder, 'layer.tar'), portable: true }, ['hello.txt']);
  await crane('append', '--new_layer', join(folder, 'layer.tar'), '--new_tag', `${repository}:v1`);
});

afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function runCrane(...args: readonly string[]): Promise<ProgramResult> {
  return runProgram(program, args, { env: { DOCKER_CONFIG: test.description.dockerConfig } });
}

/** What crane prints; throws what it complains about. */
async function crane(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCrane(...args);
  if (exitCode !== 0) throw new Error(`crane ${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
}

it('pulls what was pushed', async () => {
  expect(await crane('validate', '--remote', `${repository}:v1`)).toContain('PASS');
  await crane('pull', `${repository}:v1`, join(folder, 'image.tar'));
  await crane('push', join(folder, 'image.tar'), `${repository}:again`);
  expect(await crane('digest', `${repository}:again`)).toBe(await crane('digest', `${repository}:v1`));
  const exported = await runCrane('export', `${repository}:v1`, '-');
  expect(exported.stdout).toContain('hello from a layer');
});

it('lists repositories and tags', async () => {
  await crane('tag', `${repository}:v1`, 'v2');
  expect((await crane('ls', repository)).split('\n')).toEqual(expect.arrayContaining(['v1', 'v2']));
  expect((await crane('catalog', test.description.registry)).split('\n')).toContain('team/app');
});

it('copies between repositories without the blobs travelling', async () => {
  const target = `${test.description.registry}/other/place`;
  const { stderr } = await runCrane('copy', `${repository}:v1`, `${target}:v1`, '--verbose');
  expect(stderr).toContain('mounted blob');
  expect(await crane('digest', `${target}:v1`)).toBe(await crane('digest', `${repository}:v1`));
});

it('joins images of several platforms in an index', async () => {
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const architecture = platform.split('/')[1];
    await crane(
      'mutate',
      `${repository}:v1`,
      '--set-platform',
      platform,
      '--tag',
      `${repository}:${architecture}`,
    );
  }
  const manifests = ['amd64', 'arm64'].flatMap((tag) => ['--manifest', `${repository}:${tag}`]);
  await crane('index', 'append', ...manifests, '--tag', `${repository}:multi`);
  const arm = await crane('config', '--platform', 'linux/arm64', `${repository}:multi`);
  expect(JSON.parse(arm)).toMatchObject({ architecture: 'arm64' });
});

it('deletes a tag, then its image', async () => {
  await crane('tag', `${repository}:v1`, 'gone');
  await crane('mutate', `${repository}:v1`, '--label', 'a=b', '--tag', `${repository}:labelled`);
  const digest = await crane('digest', `${repository}:labelled`);
  await crane('delete', `${repository}:gone`);
  await expect(crane('digest', `${repository}:gone`)).rejects.toThrow('MANIFEST_UNKNOWN');
  await crane('delete', `${repository}@${digest}`);
  await expect(crane('manifest', `${repository}@${digest}`)).rejects.toThrow('MANIFEST_UNKNOWN');
  const tags = (await crane('ls', repository)).split('\n');
  expect(tags).toContain('v1');
  expect(tags).not.toContain('labelled');
});

it('has a base image whose tools run', async () => {
  const root = join(folder, 'root');
  await crane('export', test.description.baseImage ?? '', join(folder, 'base.tar'));
  await runProgram('mkdir', [root]);
  await runProgram('tar', ['-xf', join(folder, 'base.tar'), '-C', root]);
  const asRoot = process.getuid?.() === 0 ? ['--mount'] : ['--map-root-user'];
  const script =
    'set -e; id -un; id -un nobody; stat -c %a /tmp; echo text | sed s/t/T/ | tr x X; ls /bin/sh';
  const { stdout, stderr } = await runProgram('unshare', [
    ...asRoot,
    'chroot',
    root,
    '/bin/sh',
    '-c',
    script,
  ]);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(['root', 'nobody', '1777', 'TeXt', '/bin/sh']);
});

it.each([
  ['no password', {}],
  ['a wrong password', { username: 'kanikit', password: 'wrong' }],
])('lets nobody in with %s, whoever runs crane', async (_what, entry) => {
  const config = join(folder, 'other-config');
  const auths = { [test.description.registry]: entry };
  await mkdir(config, { recursive: true });
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths }));
  for (const args of [
    ['catalog', test.description.registry],
    ['pull', `${repository}:v1`, join(folder, 'stolen.tar')],
    ['delete', `${repository}:v1`],
    ['push', join(folder, 'image.tar'), `${repository}:foreign`],
  ]) {
    const ended = await runProgram(program, args, { env: { DOCKER_CONFIG: config } });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toMatch(/unauthorized/i);
  }
  expect(await crane('digest', `localhost:${repository.split(':')[1]}:v1`)).toBe(
    await crane('digest', `${repository}:v1`),
  );
});
