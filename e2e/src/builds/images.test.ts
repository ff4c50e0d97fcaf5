import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goPart } from '../parts/go-part.ts';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';
import { samplePath, writeContext } from './sample-context.ts';

const run = promisify(execFile);
let sandbox: BuildSandbox;
let crane: string;

beforeAll(async () => {
  [sandbox, crane] = await Promise.all([startBuildSandbox(), goPart('crane', new AbortController().signal)]);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const image = (name: string) => `${sandbox.description.registry}/samples/${name}:1`;

function runCrane(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  return run(crane, args, { env: { ...process.env, DOCKER_CONFIG: sandbox.description.dockerConfig } });
}

/** Pulls an image with a standard client and unpacks it: the file system a container of it starts with. */
async function pullRoot(reference: string, name: string): Promise<string> {
  const archive = join(sandbox.scratch, `${name}.tar`);
  const root = join(sandbox.scratch, `root-${name}`);
  await runCrane('export', reference, archive);
  await mkdir(root);
  await extract({ file: archive, cwd: root, preserveOwner: true });
  return root;
}

test(
  'images build side by side from directories, are pulled by a standard client, and run',
  { timeout: 180_000 },
  async () => {
    await using kanikit = await sandbox.connect();
    const build = kanikit.start(
      ['hello', 'multi-stage'].map((name) => ({
        context: samplePath(name),
        destinations: [image(name)],
        buildArgs: { BASE: sandbox.description.baseImage },
      })),
    );
    const { outcome, builds } = await build.result;
    expect(outcome).toBe('succeeded');
    const [hello, multiStage] = builds;
    expect((await runCrane('digest', image('hello'))).stdout.trim()).toBe(hello?.digest);
    expect((await runCrane('digest', image('multi-stage'))).stdout.trim()).toBe(multiStage?.digest);
    const helloRoot = await pullRoot(image('hello'), 'hello');
    expect((await run('chroot', [helloRoot, '/app/hello.sh'])).stdout).toBe(
      'Hello from an image that Kaniko built.\n',
    );
    const wordsRoot = await pullRoot(image('multi-stage'), 'words');
    expect((await run('chroot', [wordsRoot, 'cat', '/words/sorted.txt', '/words/passed'])).stdout).toBe(
      'alder\nbirch\nhazel\nmaple\nrowan\nwillow\nchecked\n',
    );

    const onTop = await kanikit.build({
      context: samplePath('on-top'),
      destinations: [image('on-top')],
      buildArgs: { BASE: image('hello') },
    });
    expect(onTop.images).toEqual([{ reference: image('on-top'), digest: onTop.digest }]);
    const topRoot = await pullRoot(image('on-top'), 'on-top');
    const { stdout } = await run('chroot', [topRoot, '/usr/bin/env', 'GREETED=world', '/app/greet.sh']);
    expect(stdout).toContain('hello, world, from the image on top');
    expect(await sandbox.leftovers()).toEqual([]);
  },
);

test('a second build takes its layers from the cache', { timeout: 180_000 }, async () => {
  await using kanikit = await sandbox.connect();
  const request = {
    context: samplePath('cached'),
    destinations: [image('cached')],
    buildArgs: { BASE: sandbox.description.baseImage },
    cache: true,
  };
  const answers: string[][] = [];
  for (const _turn of ['cold', 'warm']) {
    const build = kanikit.start(request);
    const results: string[] = [];
    for await (const event of build.events) {
      if (event.type === 'step-cache') results.push(event.result);
    }
    expect((await build.result).outcome).toBe('succeeded');
    answers.push(results);
  }
  expect(answers[0]).toContain('miss');
  expect(answers[0]).not.toContain('hit');
  expect(answers[1]).toContain('hit');
});

test(
  'labels, arguments, targets and several destinations arrive in the image',
  { timeout: 180_000 },
  async () => {
    await using kanikit = await sandbox.connect();
    const context = await writeContext(sandbox.scratch, 'options', {
      'build/Containerfile':
        'ARG BASE\nFROM ${BASE} AS first\nARG COLOR=none\nRUN echo "$COLOR" > /color\nFROM ${BASE}\nRUN echo never > /never\n',
    });
    const destinations = [image('options'), `${sandbox.description.registry}/other/options:2`];
    const result = await kanikit.build({
      context,
      dockerfile: 'build/Containerfile',
      destinations,
      buildArgs: { BASE: sandbox.description.baseImage, COLOR: '$(KANIKIT_CONTEXT) $$ and "blue"' },
      labels: { maintainer: 'someone=else' },
      target: 'first',
    });
    expect(result.images.map(({ reference }) => reference)).toEqual(destinations);
    const config = JSON.parse((await runCrane('config', destinations[1] ?? '')).stdout) as {
      config: { Labels: unknown };
    };
    expect(config.config.Labels).toMatchObject({ maintainer: 'someone=else' });
    const root = await pullRoot(image('options'), 'options');
    expect((await run('chroot', [root, 'cat', '/color'])).stdout).toBe('$(KANIKIT_CONTEXT) $$ and "blue"\n');
  },
);

test("two runs at once do not get in each other's way", { timeout: 180_000 }, async () => {
  await using first = await sandbox.connect();
  await using second = await sandbox.connect();
  const request = (tag: string) => ({
    context: samplePath('hello'),
    destinations: [`${sandbox.description.registry}/twice/hello:${tag}`],
    buildArgs: { BASE: sandbox.description.baseImage },
  });
  const results = await Promise.all([first.build(request('a')), second.build(request('b'))]);
  expect(results.map((result) => result.outcome)).toEqual(['succeeded', 'succeeded']);
  expect(await sandbox.leftovers()).toEqual([]);
});
