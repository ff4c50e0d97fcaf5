import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ArchiveContext, ContextRequest } from '@kanikit/spec';
import { expect, test } from 'vitest';
import { collect, listPaths, readArchive, testRun } from '../testing/read-archive.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLocalSource } from './local-source.ts';

const source = createLocalSource();
const marker = '# Written by kanikit: the context was filtered already.';

async function open(root: string, request: Partial<ContextRequest> = {}): Promise<ArchiveContext> {
  const context = await source.open(
    {
      reference: root,
      dockerfile: undefined,
      workingDirectory: dirname(root),
      contextSubPath: undefined,
      ...request,
    },
    testRun(),
  );
  if (context.kind !== 'archive') throw new Error('expected an archive');
  return context;
}

function write(root: string, files: Record<string, string>): string {
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
  }
  return root;
}

async function contentsOf(context: ArchiveContext): Promise<Record<string, string>> {
  const entries = await readArchive(await collect(context.pack({}, testRun())));
  return Object.fromEntries(
    entries.filter((entry) => entry.type === 'File').map((entry) => [entry.path, entry.contents.toString()]),
  );
}

test('takes paths and leaves URLs and standard input to others', () => {
  expect(['.', './a', '/b', 'c:d', 'C:\\x'].every((path) => source.accepts(path))).toBe(true);
  expect(['-', 'git://x/y', 's3://b', 'https://x', ''].some((path) => source.accepts(path))).toBe(false);
});

test('a plain context travels under its own names, and hides what was put in', async () => {
  const root = write(temporaryFolder(), {
    Dockerfile: 'FROM scratch',
    'a.txt': 'a',
    '.dockerignore': '*.log',
    'x.log': '',
  });
  const context = await open(root);
  expect(context).toMatchObject({ dockerfile: 'Dockerfile', dockerfileText: 'FROM scratch', warnings: [] });
  expect(await contentsOf(context)).toEqual({
    '.dockerignore': '*.log',
    Dockerfile: 'FROM scratch',
    'Dockerfile.dockerignore': `${marker}\nDockerfile.dockerignore\ncontext.tar.gz\n`,
    'a.txt': 'a',
  });
});

test.each<[why: string, files: Record<string, string>, dockerfile: string | undefined]>([
  ['is ignored', { Dockerfile: 'FROM scratch', '.dockerignore': 'Dockerfile' }, undefined],
  ['is in an ignored directory', { 'ci/Dockerfile': 'FROM scratch', '.dockerignore': 'ci' }, 'ci/Dockerfile'],
  [
    'has an ignore file that is sent, too',
    { Dockerfile: 'FROM scratch', 'Dockerfile.dockerignore': 'x' },
    undefined,
  ],
  ['has a name no ignore file can spell', { 'Dockerfile[1]': 'FROM scratch' }, 'Dockerfile[1]'],
  ['is outside of the context', { '../Dockerfile.outside': 'FROM scratch' }, 'Dockerfile.outside'],
])('a Dockerfile that %s travels as a hidden copy', async (_why, files, dockerfile) => {
  const root = join(temporaryFolder(), 'context');
  mkdirSync(root);
  const context = await open(write(root, { ...files, '.kanikit.Dockerfile': "the user's own" }), {
    dockerfile,
  });
  expect(context.dockerfile).toBe('.kanikit-1.Dockerfile');
  const contents = await contentsOf(context);
  expect(contents).toMatchObject({
    '.kanikit.Dockerfile': "the user's own",
    '.kanikit-1.Dockerfile': 'FROM scratch',
    '.kanikit-1.Dockerfile.dockerignore': `${marker}\n.kanikit-1.Dockerfile\n.kanikit-1.Dockerfile.dockerignore\ncontext.tar.gz\n`,
  });
});

test('a Dockerfile on standard input', async () => {
  const root = write(temporaryFolder(), { a: 'a' });
  const readStdin = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('FROM ');
    yield Buffer.from('scratch');
  };
  const context = await open(root, { dockerfile: '-', readStdin });
  expect(context.dockerfileText).toBe('FROM scratch');
  expect((await contentsOf(context))[context.dockerfile]).toBe('FROM scratch');
});

test("the Dockerfile's own ignore file wins, and the two are never merged", async () => {
  const root = write(temporaryFolder(), {
    'ci/Dockerfile': '',
    'ci/Dockerfile.dockerignore': 'b\nci',
    '.dockerignore': 'a',
    a: '',
    b: '',
  });
  const paths = await listPaths((await open(root, { dockerfile: 'ci/Dockerfile' })).pack({}, testRun()));
  expect(paths).toEqual(['.dockerignore', 'a', '.kanikit.Dockerfile', '.kanikit.Dockerfile.dockerignore']);
});

test('the context may be a link, and a sub-path is a context of its own', async () => {
  const folder = temporaryFolder();
  write(folder, { 'real/app/Dockerfile': '', 'real/app/x': '', 'real/y': '', 'real/.dockerignore': 'x' });
  symlinkSync('real', join(folder, 'link'));
  const context = await open(join(folder, 'link'), { contextSubPath: 'app' });
  expect(await listPaths(context.pack({}, testRun()))).toEqual([
    'Dockerfile',
    'x',
    'Dockerfile.dockerignore',
  ]);
});

test('a file named like the fetched archive is kept, with a warning', async () => {
  const root = write(temporaryFolder(), { Dockerfile: '', 'context.tar.gz': 'mine' });
  const context = await open(root);
  expect(context.warnings).toMatchObject([{ code: 'context-tarball-name' }]);
  expect(await contentsOf(context)).toMatchObject({
    'context.tar.gz': 'mine',
    'Dockerfile.dockerignore': `${marker}\nDockerfile.dockerignore\n`,
  });
});

test.each<
  [
    why: string,
    files: Record<string, string>,
    request: Partial<ContextRequest>,
    code: string,
    words: string[],
  ]
>([
  ['no such directory', {}, { reference: 'nowhere' }, 'context-missing', ['nowhere']],
  ['a file', { f: '' }, { reference: 'context/f' }, 'context-missing', ['not a directory']],
  ['a sub-path that is missing', {}, { contextSubPath: 'sub' }, 'context-missing', ['sub']],
  ['a sub-path that leads out', {}, { contextSubPath: '..' }, 'context-missing', ['leads out']],
  ['no Dockerfile', {}, {}, 'dockerfile-missing', ['Dockerfile']],
  ['a named one is missing', {}, { dockerfile: 'X' }, 'dockerfile-missing', ['context/X', '/X']],
  ['a directory as Dockerfile', { 'Dockerfile/x': '' }, {}, 'dockerfile-unreadable', ['not a file']],
  [
    'a Dockerfile by URL',
    {},
    { dockerfile: 'https://u:secret@h/D?t=secret' },
    'dockerfile-missing',
    ['https://h/D'],
  ],
  ['nothing on standard input', {}, { dockerfile: '-' }, 'dockerfile-missing', ['standard input']],
  [
    'a bad pattern',
    { Dockerfile: '', '.dockerignore': 'ok\n[' },
    {},
    'ignore-file-invalid',
    ['.dockerignore', 'line 2', '"["'],
  ],
  [
    'an ignore file that is a directory',
    { Dockerfile: '', '.dockerignore/x': '' },
    {},
    'ignore-file-invalid',
    ['.dockerignore'],
  ],
])('refuses %s', async (_why, files, request, code, words) => {
  const root = join(temporaryFolder(), 'context');
  mkdirSync(root);
  const error = await open(write(root, files), request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
  for (const word of words) expect(String(error)).toContain(word);
  expect(String(error)).not.toContain('secret');
});

test('an abort before the start is its reason', async () => {
  const reason = new Error('stop');
  const request = { reference: '.', dockerfile: undefined, workingDirectory: '/', contextSubPath: undefined };
  await expect(source.open(request, testRun(AbortSignal.abort(reason)))).rejects.toBe(reason);
});
