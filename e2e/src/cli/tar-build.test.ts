import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxDescription } from '@kanikit/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KanikitCommand, makeKanikitCommand } from './kanikit-command.ts';

let kanikit: KanikitCommand;
let sandbox: SandboxDescription;
let tar: string;

beforeAll(async () => {
  kanikit = await makeKanikitCommand();
  sandbox = await kanikit.sandbox();
  const tree = join(kanikit.home, 'tree');
  mkdirSync(join(tree, 'app/src'), { recursive: true });
  writeFileSync(join(tree, 'app/src/a.txt'), 'a');
  writeFileSync(join(tree, 'app/Dockerfile'), 'FROM scratch\nCOPY src /src/\n');
  writeFileSync(join(tree, 'Dockerfile'), 'FROM scratch\nCOPY app/src /src/\n');
  tar = join(kanikit.home, 'context.tar');
  execFileSync('tar', ['-cf', tar, '-C', tree, '.']);
});
afterAll(async () => {
  await kanikit[Symbol.asyncDispose]();
});

test.each<[what: string, args: readonly string[], isStdin: boolean]>([
  ['a tar file, through the bucket', ['context.tar'], false],
  ['a tar file, streamed', ['context.tar', '--stdin'], false],
  ['a folder of it, through the bucket', ['context.tar', '--context-sub-path', 'app'], false],
  ['a folder of it, streamed', ['context.tar', '--context-sub-path', 'app', '--stdin'], false],
  ['a tar on standard input', ['-'], true],
  ['a folder of that', ['-', '--context-sub-path', 'app'], true],
])('builds %s', { timeout: 120_000 }, async (_what, args, isStdin) => {
  const line = ['build', '--sandbox', ...args, '-t', `${sandbox.registry}/tar/app`, '--progress', 'plain'];
  const built = await kanikit.run(line, isStdin ? { stdin: readFileSync(tar) } : {});
  expect(built, built.stdout + built.stderr).toMatchObject({ exitCode: 0 });
  expect(built.stdout).toMatch(/packed \d+ files/);
});
