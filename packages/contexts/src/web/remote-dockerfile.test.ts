import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContextRequest } from '@kanikit/spec';
import { temporaryFolder, testRun } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { remoteDockerfile } from './remote-dockerfile.ts';
import { body, startWebServer } from './web-server.test.helper.ts';

const request = (dockerfile: string | undefined, more: Partial<ContextRequest> = {}): ContextRequest => ({
  reference: 'git://example.com/a',
  dockerfile,
  workingDirectory: '/',
  contextSubPath: undefined,
  ...more,
});

test.each([undefined, 'Dockerfile', 'ci/Dockerfile', './not-here', '../not-here'])(
  '%s is inside the context',
  async (dockerfile) => {
    expect(await remoteDockerfile(request(dockerfile), testRun())).toEqual({
      dockerfile: dockerfile ?? 'Dockerfile',
      dockerfileText: undefined,
    });
  },
);

test('a file of this machine, standard input and a URL travel with the pod', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'Dockerfile'), 'FROM file');
  const server = await startWebServer({ '/Dockerfile': [body('FROM url')] });
  const readStdin = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('FROM stdin');
  };
  const text = async (dockerfile: string, workingDirectory = '/'): Promise<string> => {
    const found = await remoteDockerfile(request(dockerfile, { workingDirectory, readStdin }), testRun());
    expect(Buffer.from(found.dockerfileContents ?? '').toString()).toBe(found.dockerfileText);
    return found.dockerfileText ?? '';
  };
  expect(await text(join(folder, 'Dockerfile'))).toBe('FROM file');
  expect(await text('./Dockerfile', folder)).toBe('FROM file');
  expect(await text('../Dockerfile', join(folder, 'sub'))).toBe('FROM file');
  expect(await text('-')).toBe('FROM stdin');
  expect(await text(`${server.url}/Dockerfile`)).toBe('FROM url');
});

test.each<[what: string, dockerfile: (folder: string) => string, code: string, words: string]>([
  ['an absolute path that is not there', (folder) => join(folder, 'none'), 'dockerfile-missing', 'none'],
  ['a directory', (folder) => folder, 'dockerfile-unreadable', 'not a file'],
  ['more than a secret can hold', (folder) => join(folder, 'large'), 'dockerfile-unreadable', '896 KiB'],
  ['nothing on standard input', () => '-', 'dockerfile-missing', 'standard input'],
])('refuses %s', async (_what, dockerfile, code, words) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'large'), Buffer.alloc(900 * 1024));
  const opening = remoteDockerfile(
    request(dockerfile(folder), { workingDirectory: dirname(folder) }),
    testRun(),
  );
  await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
});
