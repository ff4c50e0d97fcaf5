import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { ArchiveContext, ContextRequest } from '@kanikit/spec';
import { collect, isSealEntry, listPaths, readArchive, temporaryFolder, testRun } from '@kanikit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalSource } from './local-source.ts';

const source = createLocalSource();
const marker = '# Written by kanikit: the context was filtered already.';
const seal = 'c0ffee';
const sealed = `.kanikit.${seal}.Dockerfile`;

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
  const entries = await readArchive(await collect(context.pack({ seal }, testRun())));
  return Object.fromEntries(
    entries.filter((entry) => entry.type === 'File').map((entry) => [entry.path, entry.contents.toString()]),
  );
}

test('takes paths and leaves URLs and standard input to others', () => {
  expect(['.', './a', '/b', 'c:d', 'C:\\x'].every((path) => source.accepts(path))).toBe(true);
  expect(['-', 'git://x/y', 's3://b', 'https://x', ''].some((path) => source.accepts(path))).toBe(false);
});

test('a context travels as it is, and its Dockerfile once more at the end, hidden with what was put in', async () => {
  const root = write(temporaryFolder(), {
    Dockerfile: 'FROM scratch',
    'a.txt': 'a',
    '.dockerignore': '*.log',
    'x.log': '',
  });
  const context = await open(root);
  expect(context).toMatchObject({
    dockerfileText: 'FROM scratch',
    isDockerfileApart: false,
    warnings: [],
  });
  expect(await contentsOf(context)).toEqual({
    '.dockerignore': '*.log',
    Dockerfile: 'FROM scratch',
    'a.txt': 'a',
    [`${sealed}.dockerignore`]: `${marker}\n${sealed}\n${sealed}.dockerignore\ncontext.tar.gz\n`,
    [sealed]: 'FROM scratch',
  });
});

test.each<[why: string, files: Record<string, string>, dockerfile: string | undefined]>([
  ['is ignored', { Dockerfile: 'FROM scratch', '.dockerignore': 'Dockerfile' }, undefined],
  ['is in an ignored directory', { 'ci/Dockerfile': 'FROM scratch', '.dockerignore': 'ci' }, 'ci/Dockerfile'],
  ['is outside of the context', { '../Dockerfile.outside': 'FROM scratch' }, 'Dockerfile.outside'],
])('a Dockerfile that %s travels at the end only', async (_why, files, dockerfile) => {
  const root = join(temporaryFolder(), 'context');
  mkdirSync(root);
  const contents = await contentsOf(await open(write(root, files), { dockerfile }));
  const holders = Object.keys(contents).filter((path) => contents[path] === 'FROM scratch');
  expect(holders).toEqual([sealed]);
});

test('a name that the context has itself is not taken', async () => {
  const root = write(temporaryFolder(), { Dockerfile: 'FROM scratch', [sealed]: "the user's own" });
  const archive = (await open(root)).pack({ seal }, testRun());
  const other = `.kanikit.${seal}-1.Dockerfile`;
  expect(await archive.dockerfiles).toEqual([other]);
  const entries = await readArchive(await collect(archive));
  expect(entries.at(-1)).toMatchObject({ path: other, contents: Buffer.from('FROM scratch') });
  expect(entries.find((entry) => entry.path === sealed)?.contents.toString()).toBe("the user's own");
});

test('contexts that share an archive have equal keys, and their Dockerfiles side by side, hidden from each other', async () => {
  const root = write(temporaryFolder(), { a: 'FROM a', b: 'FROM b', 'b.dockerignore': 'a', c: 'c' });
  const [first, second, ruled] = [
    await open(root, { dockerfile: 'a' }),
    await open(root, { dockerfile: 'c' }),
    await open(root, { dockerfile: 'b' }),
  ];
  expect(first.shareKey).toBe(second.shareKey);
  expect(first.shareKey).not.toBe(ruled.shareKey);
  const archive = first.pack({ sharedWith: [second] }, testRun());
  const entries = (await readArchive(await collect(archive))).filter((entry) => isSealEntry(entry));
  const { dockerfiles } = await archive.summary;
  expect(await archive.dockerfiles).toEqual(dockerfiles);
  expect(dockerfiles).toHaveLength(2);
  const contents = new Map(entries.map((entry) => [entry.path, entry.contents.toString()]));
  expect(dockerfiles.map((path) => contents.get(path))).toEqual(['FROM a', 'c']);
  for (const path of dockerfiles) {
    const hidden = contents.get(`${path}.dockerignore`)?.split('\n');
    expect(hidden).toEqual(expect.arrayContaining([...contents.keys()]));
  }
});

test('a Dockerfile on standard input', async () => {
  const root = write(temporaryFolder(), { a: 'a' });
  const readStdin = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('FROM ');
    yield Buffer.from('scratch');
  };
  const context = await open(root, { dockerfile: '-', readStdin });
  expect(context.dockerfileText).toBe('FROM scratch');
  expect((await contentsOf(context))[sealed]).toBe('FROM scratch');
});

test('a Dockerfile by URL', async () => {
  const server = createServer((_request, response) => response.end('FROM scratch'));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const root = write(temporaryFolder(), { a: 'a' });
  const context = await open(root, { dockerfile: `http://127.0.0.1:${port}/Dockerfile` });
  expect(await contentsOf(context)).toMatchObject({ a: 'a', [sealed]: 'FROM scratch' });
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
  expect(paths).toEqual(['.dockerignore', 'a']);
});

test('the context may be a link, and a sub-path is a context of its own', async () => {
  const folder = temporaryFolder();
  write(folder, { 'real/app/Dockerfile': '', 'real/app/x': '', 'real/y': '', 'real/.dockerignore': 'x' });
  symlinkSync('real', join(folder, 'link'));
  const context = await open(join(folder, 'link'), { contextSubPath: 'app' });
  expect(await listPaths(context.pack({}, testRun()))).toEqual(['Dockerfile', 'x']);
});

test('a file named like the fetched archive is kept, with a warning', async () => {
  const root = write(temporaryFolder(), { Dockerfile: '', 'context.tar.gz': 'mine' });
  const context = await open(root);
  expect(context.warnings).toMatchObject([{ code: 'context-tarball-name' }]);
  expect(await contentsOf(context)).toMatchObject({
    'context.tar.gz': 'mine',
    [`${sealed}.dockerignore`]: `${marker}\n${sealed}\n${sealed}.dockerignore\n`,
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
  ['a zip', { 'f.zip': '' }, { reference: 'context/f.zip' }, 'context-missing', ['takes only tar']],
  ['a 7z', { 'F.7Z': '' }, { reference: 'context/F.7Z' }, 'context-missing', ['takes only tar']],
  ['a sub-path that is missing', {}, { contextSubPath: 'sub' }, 'context-missing', ['sub']],
  ['a sub-path that leads out', {}, { contextSubPath: '..' }, 'context-missing', ['leads out']],
  ['no Dockerfile', {}, {}, 'dockerfile-missing', ['Dockerfile']],
  ['a named one is missing', {}, { dockerfile: 'X' }, 'dockerfile-missing', ['context/X', '/X']],
  ['a directory as Dockerfile', { 'Dockerfile/x': '' }, {}, 'dockerfile-unreadable', ['not a file']],
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

test.each([
  ['gitlab.com/acme/app', 'https://gitlab.com/acme/app.git'],
  ['gitlab.com/acme/group/app.git#v1.2:web', 'https://gitlab.com/acme/group/app.git#v1.2:web'],
  ['Git.Example.org:8443/acme/app/', 'https://Git.Example.org:8443/acme/app.git'],
  ['src/acme/app', undefined],
  ['./example.org/acme/app', undefined],
  ['app.d/web', undefined],
  ['example.org/acme/a b', undefined],
])('%s may be meant as a repository: %s', async (reference, address) => {
  const words =
    address === undefined ? /^Name a directory/ : `If it is a Git repository, write ${address}. Name`;
  await expect(open(temporaryFolder(), { reference })).rejects.toMatchObject({
    code: 'context-missing',
    hint: typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words),
  });
});

test('a list of what would be sent, and the bytes of a Dockerfile that is no text', async () => {
  const root = write(temporaryFolder(), { Dockerfile: '', a: 'aa', b: '', '.dockerignore': 'b' });
  const listed: string[] = [];
  for await (const entry of (await open(root)).list!({}, testRun()))
    listed.push(`${entry.path} ${entry.sizeBytes}`);
  expect(listed).toEqual(['.dockerignore 1', 'Dockerfile 0', 'a 2']);
  const odd = Buffer.from([0x46, 0xe9, 0x0a]);
  writeFileSync(join(root, 'Dockerfile'), odd);
  const context = await open(root);
  // Others would pass it on as text.
  expect(context.shareKey).toBeUndefined();
  const entries = await readArchive(await collect(context.pack({}, testRun())));
  expect(entries.at(-1)?.contents).toEqual(odd);
});

test('an abort before the start is its reason', async () => {
  const reason = new Error('stop');
  const request = { reference: '.', dockerfile: undefined, workingDirectory: '/', contextSubPath: undefined };
  await expect(source.open(request, testRun(AbortSignal.abort(reason)))).rejects.toBe(reason);
});
