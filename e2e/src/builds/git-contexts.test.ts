import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRequest, KanikitEvent } from '@kanikit/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import type { GitRepository } from '../parts/git-repository.ts';
import { type GitServer, startGitServer } from '../parts/git-server.ts';
import { type BuildSandbox, startBuildSandbox } from './build-sandbox.ts';

let sandbox: BuildSandbox;
let authority: CertificateAuthority;
let server: GitServer;
let repository: GitRepository;
/** Where this machine clones, and nothing else is. */
let clones: string;

beforeAll(async () => {
  sandbox = await startBuildSandbox();
  authority = await createCertificateAuthority();
  server = await startGitServer(sandbox.scratch, { authority, users: ['hunter2:'] });
  repository = await server.addRepository('app', {
    Dockerfile: 'FROM scratch\nCOPY v /v\n',
    'api/Dockerfile': 'FROM scratch\nCOPY a /a\n',
    'api/a': 'a',
    v: 'one',
  });
  const pull = await repository.commit({ v: 'pull' });
  await repository.setRef('refs/pull/7/head', pull);
  await repository.dropLastCommit();
  clones = join(sandbox.scratch, 'clones');
  await mkdir(clones);
  vi.stubEnv('TMPDIR', clones);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

test.each<[what: string, fragment: string, more: Partial<BuildRequest>, delivery: string]>([
  ['a branch, cloned by the executor', '#main', {}, 'none'],
  ['a folder of it', '#main:api', {}, 'none'],
  ['a pull request, cloned here and uploaded', '#refs/pull/7/head', {}, 'upload'],
  [
    'a folder, cloned here and streamed',
    '#:api',
    { contextFetch: 'client', contextDelivery: 'stdin' },
    'stdin',
  ],
])('%s, from a private server', async (_what, fragment, more, delivery) => {
  await using kanikit = await sandbox.connect({
    env: { PATH: process.env['PATH'], HOME: sandbox.scratch, GIT_TOKEN: 'hunter2' },
    access: { git: { certificateAuthorities: authority.certificate } },
  });
  const request = {
    context: `${server.url}/app.git${fragment}`,
    destinations: [`${sandbox.description.registry}/git/app:1`],
    ...more,
  };
  const [plan] = await kanikit.plan(request);
  expect(plan?.delivery).toBe(delivery);
  expect(JSON.stringify(plan)).not.toContain('hunter2');
  const run = kanikit.start(request);
  const events: KanikitEvent[] = [];
  for await (const event of run.events) events.push(event);
  const result = await run.result;
  expect(result.builds.map(({ outcome, failure }) => failure?.message ?? outcome)).toEqual(['succeeded']);
  expect(JSON.stringify(events)).not.toContain('hunter2');
  expect(await sandbox.leftovers()).toEqual([]);
  expect(await readdir(clones)).toEqual([]);
});
