import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildSandbox, startBuildSandbox } from '../builds/build-sandbox.ts';
import { writeContext } from '../builds/sample-context.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Inside of e2e, so that the packages resolve as for a user who installed them. */
const scratch = fileURLToPath(new URL('../../.readme/', import.meta.url));
let sandbox: BuildSandbox;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  await mkdir(scratch, { recursive: true });
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
  await sandbox[Symbol.asyncDispose]();
});

test("the README's script compiles and builds an image", { timeout: 180_000 }, async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, example] = /## Build from a Node script\n\n```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(example).toBeDefined();
  const script = join(scratch, 'example.ts');
  await writeFile(script, example ?? '');
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--target',
    'es2024',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--lib',
    'es2024,esnext.disposable',
  ];
  await run(tsc, [...options, '--typeRoots', join(root, 'node_modules/@types'), script], {
    cwd: dirname(script),
  });
  const context = await writeContext(sandbox.scratch, 'readme', {
    Dockerfile: `FROM ${sandbox.description.baseImage}\nRUN echo from the readme\n`,
  });
  const image = `${sandbox.description.registry}/readme/app:1.0`;
  const { kubeconfig, dockerConfig } = sandbox.description;
  const places = { KUBECONFIG: kubeconfig, DOCKER_CONFIG: dockerConfig };
  const env = { ...process.env, ...places, CONTEXT: context, IMAGE: image };
  const { stdout } = await run(process.execPath, [script], { env });
  expect(stdout).toContain('RUN echo from the readme\n');
  expect(stdout).toMatch(/^succeeded sha256:[0-9a-f]{64}$/m);
  expect(await sandbox.leftovers()).toEqual([]);
});
