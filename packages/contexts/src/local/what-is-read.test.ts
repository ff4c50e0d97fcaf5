import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveContext, ContextRequest } from '@kanikit/spec';
import { plantFiles } from '@kanikit/testing';
import { expect, test } from 'vitest';
import { createLocalSource } from './local-source.ts';

const run = { signal: new AbortController().signal, now: Date.now };

async function open(root: string, request: Partial<ContextRequest> = {}): Promise<ArchiveContext> {
  const complete = { reference: root, workingDirectory: '/', ...request } as ContextRequest;
  return (await createLocalSource().open(complete, run)) as ArchiveContext;
}

async function ignoredIn(root: string, request: Partial<ContextRequest> = {}): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of (await open(root, request)).list!({ withIgnored: true }, run)) {
    if (entry.ignoredBy !== undefined) names.push(entry.path);
  }
  return names;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf32 = (text: string): Buffer =>
  Buffer.concat(
    Array.from(text, (character) => Buffer.from(Uint32Array.of(character.codePointAt(0)!).buffer)),
  );
const swapped = (bytes: Buffer, width: 16 | 32): Buffer => {
  const copy = Buffer.from(bytes);
  return width === 16 ? copy.swap16() : copy.swap32();
};

const odd: readonly (readonly [name: string, encode: (text: string) => Buffer, reason: RegExp])[] = [
  ['UTF-16LE with a mark', (text) => utf16(`\uFEFF${text}`), /line 1: it is encoded in UTF-16LE/],
  ['UTF-16LE without a mark', utf16, /line 1: it is encoded in UTF-16LE/],
  [
    'UTF-16BE with a mark',
    (text) => swapped(utf16(`\uFEFF${text}`), 16),
    /line 1: it is encoded in UTF-16BE/,
  ],
  ['UTF-16BE without a mark', (text) => swapped(utf16(text), 16), /line 1: it is encoded in UTF-16BE/],
  ['UTF-32LE with a mark', (text) => utf32(`\uFEFF${text}`), /line 1: it is encoded in UTF-32LE/],
  ['UTF-32LE without a mark', utf32, /line 1: it is encoded in UTF-32LE/],
  ['UTF-32BE', (text) => swapped(utf32(`\uFEFF${text}`), 32), /line 1: it is encoded in UTF-32BE/],
  ['a zero byte in line 3', (text) => Buffer.from(`${text}#\n#\0\n`), /line [34]: it has a zero byte/],
  ['CR only', (text) => Buffer.from(text.replaceAll('\n', '\r')), /carriage returns only/],
];

test.each(odd)('a Dockerfile in %s is refused', async (_name, encode, reason) => {
  const root = plantFiles({ Dockerfile: encode('FROM alpine\nRUN true\n') });
  await expect(open(root)).rejects.toMatchObject({
    code: 'dockerfile-unreadable',
    message: expect.stringMatching(reason),
  });
});

test.each(odd)('an ignore file in %s is refused', async (_name, encode, reason) => {
  const root = plantFiles({ Dockerfile: 'FROM alpine', '.dockerignore': encode('node_modules\n*.log\n') });
  await expect(open(root)).rejects.toMatchObject({
    code: 'ignore-file-invalid',
    message: expect.stringMatching(reason),
  });
});

test.each<[name: string, contents: string | Buffer]>([
  ['UTF-8 with its mark', '\uFEFFsecret\n'],
  ['carriage returns and line feeds', 'secret\r\n'],
  ['one line that ends in a carriage return', 'secret\r'],
  ['blanks of Unicode around', '\u00A0secret\u2003\n'],
  ['Latin-1 in another line', Buffer.from('# caf\u00E9\nsecret\n', 'latin1')],
])('an ignore file is read as docker reads it: %s', async (_name, contents) => {
  const root = plantFiles({ Dockerfile: 'FROM alpine', secret: '', '.dockerignore': contents });
  expect(await ignoredIn(root)).toEqual(['secret']);
});

test('a Dockerfile in Latin-1 is taken as it is', async () => {
  const root = plantFiles({ Dockerfile: Buffer.from('FROM alpine # caf\u00E9\n', 'latin1') });
  expect((await open(root)).dockerfileText).toContain('FROM alpine');
});

test('dockerfile is taken where there is no Dockerfile, with its own ignore file', async () => {
  const root = plantFiles({
    dockerfile: 'FROM lower',
    'dockerfile.dockerignore': 'a',
    a: '',
    'sub/dockerfile': 'FROM sub',
  });
  expect((await open(root)).dockerfileText).toBe('FROM lower');
  expect((await open(root, { dockerfile: 'sub/Dockerfile' })).dockerfileText).toBe('FROM sub');
  expect(await ignoredIn(root)).toEqual(['a']);
  writeFileSync(join(root, 'Dockerfile'), 'FROM upper');
  expect((await open(root)).dockerfileText).toBe('FROM upper');
  expect(await ignoredIn(root)).toEqual([]);
});

test('names that look like a Dockerfile are in the hint', async () => {
  const root = plantFiles({
    DockerFile: '',
    Containerfile: '',
    'Dockerfile.dev': '',
    'Dockerfile ': '',
    'Dockerfile (1)': '',
    'app.dockerfile': '',
    'a.txt': '',
    Dockerfiler: '',
  });
  await expect(open(root)).rejects.toMatchObject({
    code: 'dockerfile-missing',
    hint: expect.stringContaining(
      'There is "Containerfile", "DockerFile", "Dockerfile ", "Dockerfile (1)", "Dockerfile.dev" and 1 more. Name it',
    ),
  });
});

test.each(['gone', 'Dockerfile/x', 'Dockerfile'])(
  'a Dockerfile that is a link to %j is told as that',
  async (target) => {
    const root = plantFiles({ dockerfile: 'FROM lower' });
    symlinkSync(target, join(root, 'Dockerfile'));
    await expect(open(root)).rejects.toMatchObject({
      code: 'dockerfile-unreadable',
      message: expect.stringMatching(
        /it is a link to ".*", and no file is at its end|symbolic links go in a circle/,
      ),
    });
  },
);

test.each(['Dockerfile', 'dockerfile', '.dockerignore', 'Dockerfile.dockerignore'])(
  '%s of a context is a file inside of it',
  async (name) => {
    const code = name.endsWith('ignore') ? 'ignore-file-invalid' : 'dockerfile-unreadable';
    const refuse = async (make: (path: string) => void, reason: string): Promise<void> => {
      const root = plantFiles(name.endsWith('ignore') ? { Dockerfile: 'FROM a' } : {});
      make(join(root, name));
      await expect(open(root)).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
    };
    const outside = plantFiles({ file: 'SECRET' });
    await refuse((path) => symlinkSync('/proc/self/environ', path), 'leads out of the context');
    await refuse((path) => symlinkSync(join(outside, 'file'), path), 'leads out of the context');
    await refuse((path) => symlinkSync('/dev/zero', path), 'leads out of the context');
    await refuse((path) => symlinkSync('self', path) ?? symlinkSync(name, join(path, '../self')), 'circle');
    await refuse((path) => void execFileSync('mkfifo', [path]), 'it is a pipe');
    await refuse((path) => mkdirSync(path), 'it is not a file');
    await refuse((path) => void execFileSync('truncate', ['-s', '17M', path]), 'it is larger than 16 MiB');
  },
);

test('what to do about a link that leads out is told', async () => {
  const outside = plantFiles({ file: 'FROM outside' });
  const root = plantFiles({ a: '' });
  symlinkSync(join(outside, 'file'), join(root, 'Dockerfile'));
  await expect(open(root)).rejects.toMatchObject({
    hint: expect.stringMatching(/^Put a copy .* Or name the file itself with `dockerfile`\.$/),
  });
  symlinkSync(join(outside, 'file'), join(root, '.dockerignore'));
  await expect(open(root, { dockerfile: join(outside, 'file') })).rejects.toMatchObject({
    code: 'ignore-file-invalid',
    hint: expect.stringMatching(/^Put a copy (?!.*`dockerfile`)/),
  });
});

test('links inside of the context are followed, also to folders above the one that is packed', async () => {
  const root = plantFiles({ 'docker/app': 'FROM linked', 'app/file': '', real: 'FROM real' });
  symlinkSync('../docker/app', join(root, 'app/Dockerfile'));
  symlinkSync('real', join(root, 'Dockerfile'));
  symlinkSync('/', join(root, 'out'));
  expect((await open(root)).dockerfileText).toBe('FROM real');
  expect((await open(root, { contextSubPath: 'app' })).dockerfileText).toBe('FROM linked');
  await expect(open(join(root, 'app'))).rejects.toMatchObject({ code: 'dockerfile-unreadable' });
  await expect(open(root, { dockerfile: 'out/proc/self/environ' })).rejects.toMatchObject({
    code: 'dockerfile-unreadable',
  });
});

test('a Dockerfile that the user names outside of the context may be a link or a pipe', async () => {
  const outside = plantFiles({ file: 'FROM outside' });
  symlinkSync('file', join(outside, 'link'));
  const root = plantFiles({ a: '' });
  expect((await open(root, { dockerfile: join(outside, 'link') })).dockerfileText).toBe('FROM outside');
  execFileSync('mkfifo', [join(outside, 'pipe')]);
  const opening = open(root, { dockerfile: join(outside, 'pipe') });
  spawn('sh', ['-c', 'echo FROM pipe > "$1"', '-', join(outside, 'pipe')]);
  expect((await opening).dockerfileText).toBe('FROM pipe\n');
});
