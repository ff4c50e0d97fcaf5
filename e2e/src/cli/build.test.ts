import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxDescription } from '@kanikit/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { samplePath, writeContext } from '../builds/sample-context.ts';
import { registryFetch } from '../parts/registry-access.ts';
import { type KanikitCommand, makeKanikitCommand } from './kanikit-command.ts';

let kanikit: KanikitCommand;
let sandbox: SandboxDescription;
let base: string;

beforeAll(async () => {
  kanikit = await makeKanikitCommand();
  sandbox = await kanikit.sandbox();
  base = sandbox.baseImage ?? '';
});

afterAll(async () => {
  await kanikit[Symbol.asyncDispose]();
});

const build = (...args: string[]) =>
  kanikit.run(['build', '--sandbox', '--build-arg', `BASE=${base}`, ...args]);

describe('kanikit build', { timeout: 120_000 }, () => {
  test('builds a directory, writes its files, and prints complete lines without escape codes', async () => {
    const iidfile = join(kanikit.home, 'iid');
    const metadata = join(kanikit.home, 'metadata.json');
    const image = `${sandbox.registry}/cli/hello:1`;
    const ended = await build(
      samplePath('hello'),
      '-t',
      image,
      '--iidfile',
      iidfile,
      '--metadata-file',
      metadata,
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    const digest = await readFile(iidfile, 'utf8');
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(await readFile(metadata, 'utf8'))).toMatchObject({
      'containerimage.digest': digest,
      'image.name': image,
    });
    expect(ended.stdout).toContain('Hello from an image that Kaniko built.');
    expect(ended.stdout).toContain(`${image}@${digest}`);
    expect(ended.stdout).not.toContain('\u001B');
  });

  test('several directories side by side; one that fails is told apart and gives exit code 1', async () => {
    const ended = await build(
      samplePath('hello'),
      samplePath('failing'),
      '-t',
      `${sandbox.registry}/cli/{name}:2`,
    );
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout).toContain("main.c:3: error: expected ';' before '}'");
    expect(ended.stdout).toMatch(/1 built, 1 failed/);
  });

  test('--quiet prints the image and its digest, nothing else', async () => {
    const image = `${sandbox.registry}/cli/quiet:1`;
    const ended = await build(samplePath('hello'), '-t', image, '--quiet');
    expect(ended.stdout).toMatch(new RegExp(`^${image}@sha256:[0-9a-f]{64}\\n$`));
    expect(ended.stderr).toBe('');
  });

  test('--push=false and KANIKIT_PUSH=0 push nothing', async () => {
    const image = `${sandbox.registry}/cli/unpushed`;
    const flag = await build(samplePath('hello'), '-t', `${image}:flag`, '-q', '--push=false');
    expect(flag.stdout, flag.stderr).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const words = [
      'build',
      samplePath('hello'),
      '-t',
      `${image}:variable`,
      '-q',
      '--build-arg',
      `BASE=${base}`,
    ];
    const env = { KANIKIT_PUSH: '0', KANIKIT_SANDBOX: 'true' };
    const variable = await kanikit.run(words, { env });
    expect(variable.stdout, variable.stderr).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    const answer = await registryFetch(sandbox, 'cli/unpushed/tags/list');
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'NAME_UNKNOWN' }] });
  });

  test('a reader that goes away cancels the build, and is told so', async () => {
    const { child, ended, until } = kanikit.start([
      'build',
      '--sandbox',
      '--build-arg',
      `BASE=${base}`,
      '-t',
      `${sandbox.registry}/cli/gone:1`,
      samplePath('hello'),
    ]);
    await until(/packed/);
    child.stdout?.destroy();
    const { exitCode, stderr } = await ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('warning: Nobody reads standard output any longer: the builds are cancelled.');
  });

  test('--progress json prints one event per line', async () => {
    const ended = await build(
      samplePath('hello'),
      '-t',
      `${sandbox.registry}/cli/json:1`,
      '--progress',
      'json',
    );
    const events = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; v: number; seq: number });
    expect(events[0]).toMatchObject({ type: 'run-start', v: 1, seq: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'run-end', seq: events.length });
  });

  test('a recorded run can be replayed', async () => {
    const file = join(kanikit.home, 'run.ndjson');
    const image = `${sandbox.registry}/cli/record:1`;
    expect((await build(samplePath('hello'), '-t', image, '--record', file)).exitCode).toBe(0);
    const replay = await kanikit.run(['replay', file, '--speed', 'max']);
    expect(replay.exitCode, replay.stderr).toBe(0);
    expect(replay.stdout).toContain('Hello from an image that Kaniko built.');
  });

  test('a Dockerfile on standard input and a context on standard input', async () => {
    const dockerfile = 'ARG BASE\nFROM ${BASE}\nCOPY hello.sh /x\nRUN cat /x\n';
    const args = [
      'build',
      '--sandbox',
      '--build-arg',
      `BASE=${base}`,
      '-t',
      `${sandbox.registry}/cli/stdin:1`,
    ];
    const ended = await kanikit.run([...args, samplePath('hello'), '-f', '-'], { stdin: dockerfile });
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const { create } = await import('tar');
    const chunks: Buffer[] = [];
    for await (const chunk of create({ cwd: samplePath('hello'), gzip: true }, ['.']))
      chunks.push(chunk as Buffer);
    const tar = await kanikit.run([...args, '-'], { stdin: Buffer.concat(chunks) });
    expect(tar.exitCode, tar.stdout + tar.stderr).toBe(0);
  });

  test('what builds are there is asked of the sandbox of this home', async () => {
    const started = await build(
      samplePath('hello'),
      '-t',
      `${sandbox.registry}/cli/away:1`,
      '--detach',
      '-q',
    );
    const id = started.stdout.trim();
    const listed = await kanikit.run(['ps', '--sandbox', '--all', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ builds: [{ buildId: id }] });
    expect((await kanikit.run(['attach', '--sandbox', id, '-q'])).stdout).toContain('/cli/away:1@sha256:');
    expect((await kanikit.run(['prune', '--sandbox', '--all-ended'])).stdout).toContain(id);
  });

  test('executor flags go through after --', async () => {
    const image = `${sandbox.registry}/cli/flags:1`;
    const ended = await build(samplePath('hello'), '-t', image, '--', '--single-snapshot', '--label=a=b');
    expect(ended.exitCode, ended.stdout).toBe(0);
    const refused = await build(samplePath('hello'), '-t', image, '--', '--no-such-flag=1');
    expect(refused.exitCode).toBe(2);
    expect(refused.stdout + refused.stderr).toContain('no-such-flag');
  });

  test('no cluster: exit code 3 and what to do', async () => {
    const ended = await kanikit.run(['build', samplePath('hello'), '-t', 'registry.example/app']);
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toMatch(/kubeconfig/i);
  });
});

describe('--dry-run', { timeout: 60_000 }, () => {
  test('prints the manifests and creates nothing', async () => {
    const ended = await build(samplePath('hello'), '-t', `${sandbox.registry}/cli/dry:1`, '--dry-run');
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('kind: Pod');
    expect(ended.stdout).toContain('$(KANIKIT_CONTEXT)');
    expect(ended.stdout).not.toContain(sandbox.bucket.accessKeyId);
  });

  test('hides credentials', async () => {
    const docker = await writeContext(kanikit.home, 'docker', {
      'config.json': JSON.stringify({
        auths: { 'registry.example': { auth: Buffer.from('user:hunter2').toString('base64') } },
      }),
    });
    const ended = await kanikit.run(
      ['build', '--sandbox', samplePath('hello'), '-t', 'registry.example/app:1', '--dry-run'],
      { env: { DOCKER_CONFIG: docker } },
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stdout).toContain('kind: Secret');
    expect(ended.stdout + ended.stderr).not.toContain('hunter2');
    expect(ended.stdout + ended.stderr).not.toContain(Buffer.from('user:hunter2').toString('base64'));
  });

  test("makes the seed manifest of Kaniko's tutorials", async () => {
    const ended = await kanikit.run([
      'build',
      '--sandbox',
      'git://github.com/acme/project.git#refs/heads/main',
      '-t',
      'registry.example/app:1',
      '--pod-name',
      'kaniko',
      '--registry-secret',
      'dockercred',
      '--dry-run',
      '--output',
      'json',
    ]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    const documents = JSON.parse(ended.stdout) as { items?: unknown[] } | unknown[];
    const [pod] = (Array.isArray(documents) ? documents : (documents.items ?? [documents])) as {
      metadata: { name: string };
      spec: {
        restartPolicy: string;
        containers: { args: string[]; volumeMounts: { mountPath: string; name: string }[] }[];
        volumes: { name: string; secret: unknown }[];
      };
    }[];
    expect(pod?.metadata.name).toBe('kaniko');
    expect(pod?.spec.restartPolicy).toBe('Never');
    expect(pod?.spec.containers[0]?.args).toEqual(
      expect.arrayContaining([
        '--dockerfile=Dockerfile',
        '--context=git://github.com/acme/project.git#refs/heads/main',
        '--destination=registry.example/app:1',
      ]),
    );
    const mount = pod?.spec.containers[0]?.volumeMounts.find(
      ({ mountPath }) => mountPath === '/kaniko/.docker',
    );
    expect(pod?.spec.volumes.find(({ name }) => name === mount?.name)?.secret).toMatchObject({
      secretName: 'dockercred',
      items: [{ key: '.dockerconfigjson', path: 'config.json' }],
    });
  });
});
