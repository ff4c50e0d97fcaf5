import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContextSourceSetup, contextSourceContract } from '@kanikit/contexts/contract';
import { createExecutorPathSource } from '@kanikit/contexts/executor-path';
import { createGitSource } from '@kanikit/contexts/git';
import { createHttpsSource } from '@kanikit/contexts/https';
import type { ContextRequest } from '@kanikit/spec';
import { create } from 'tar';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../parts/certificate-authority.ts';
import { type GitServer, startGitServer } from '../parts/git-server.ts';
import { type HttpsFiles, startHttpsFiles } from '../parts/https-files.ts';

let folder: string;
let authority: CertificateAuthority;
let git: GitServer;
let files: HttpsFiles;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kanikit-fetched-'));
  authority = await createCertificateAuthority();
  git = await startGitServer(folder, { authority, users: ['hunter2:'] });
  await git.addRepository('app', { Dockerfile: 'FROM scratch\n', v: 'one' });
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  await create({ cwd: folder, gzip: true, file: join(folder, 'a.tar.gz') }, ['Dockerfile']);
  files = await startHttpsFiles(folder, {
    authority,
    isAllowed: ({ url }) => url?.endsWith('?signature=hunter2') === true,
  });
});
afterAll(async () => {
  await git[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const requestFor = (reference: string, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference,
  dockerfile: undefined,
  workingDirectory: '/',
  contextSubPath: undefined,
  env: { PATH: process.env['PATH'], HOME: folder, GIT_TOKEN: 'hunter2' },
  ...more,
});

const foreign = ['.', '-', 'a.tar.gz', 's3://bucket/key', 'gs://bucket/key'];

const setups: Readonly<Record<string, () => ContextSourceSetup>> = {
  ...Object.fromEntries(
    (['executor', 'client'] as const).map((fetch) => [
      `git, cloned by the ${fetch}`,
      (): ContextSourceSetup => ({
        createSource: () => createGitSource({ certificateAuthorities: authority.certificate }),
        request: requestFor(`${git.url}/app.git#main`, { fetch }),
        refused: {
          'a ref that is not there': {
            request: requestFor(`${git.url}/app.git#none`, { fetch }),
            code: 'git-ref-missing',
          },
          'a wrong password': {
            request: requestFor(`${git.url.replace('://', '://user:hunter2@')}/app.git`, { fetch }),
            code: 'git-denied',
          },
          'a malformed ref': {
            request: requestFor(`${git.url}/app.git#--x`, { fetch }),
            code: 'git-reference-invalid',
          },
        },
        foreign: [...foreign, 'https://host/a.tar.gz', 'gitlab.com/a/b'],
        secrets: ['hunter2'],
      }),
    ]),
  ),
  ...Object.fromEntries(
    (['executor', 'client'] as const).map((fetch) => [
      `https, fetched by the ${fetch}`,
      (): ContextSourceSetup => ({
        createSource: () => createHttpsSource({ certificateAuthorities: authority.certificate }),
        request: requestFor(`${files.url}/a.tar.gz?signature=hunter2`, { fetch }),
        refused: {
          'a signature that is another': {
            request: requestFor(`${files.url}/a.tar.gz?signature=hunter23`, { fetch }),
            code: 'context-denied',
          },
          'what is not there': {
            request: requestFor(`${files.url}/none?signature=hunter2`, { fetch }),
            code: 'context-missing',
          },
        },
        foreign: [...foreign, 'https://host/a.git', 'https://account.blob.core.windows.net/container/a'],
        secrets: ['hunter2'],
      }),
    ]),
  ),
  'paths of the executor': () => ({
    createSource: createExecutorPathSource,
    request: requestFor('dir:///workspace'),
    refused: {
      'a scheme that nobody knows': {
        request: requestFor('ftp://user:hunter2@host/a'),
        code: 'context-scheme-unsupported',
      },
    },
    foreign: ['.', '-', 'a.tar.gz', 'git@host:a.git'],
    secrets: ['hunter2'],
  }),
};

describe.each(Object.entries(setups))('%s', (_name, setupOf) => {
  // The servers are not there yet when the names of the tests are wanted; of the addresses no name depends.
  test('keeps the contract of sources', async ({ task }) => {
    for (const { name, run } of contextSourceContract(setupOf())) {
      await run().catch((cause: unknown) => {
        throw new Error(`${task.name}: ${name}: ${String(cause)}`, { cause });
      });
    }
  });
});
