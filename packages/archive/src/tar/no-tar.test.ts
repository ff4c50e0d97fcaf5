import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { requireArchiveFormat, requireTarInside } from './archive-format.ts';

const bytes = (...values: readonly number[]): Buffer =>
  Buffer.from([...values, ...Array.from({ length: 40 }, () => 0)]);

const kinds: readonly (readonly [what: string, head: Buffer | string, words: string, advice: string])[] = [
  ['nothing', '', 'empty', 'Give a tar'],
  ['zip', 'PK\u0003\u0004..', 'a zip archive', 'Unpack'],
  ['an empty zip', 'PK\u0005\u0006..', 'a zip archive', 'Unpack'],
  ['7z', bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), 'a 7z archive', 'Unpack'],
  ['rar', 'Rar!\u001a\u0007', 'a rar archive', 'Unpack'],
  ['compress', bytes(0x1f, 0x9d, 0x90), 'compressed with compress', 'gzip -dc'],
  ['bzip2', 'BZh91AY', 'compressed with bzip2', 'bzip2 -dc'],
  ['xz', bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a), 'compressed with xz', 'xz -dc'],
  ['lz4', bytes(0x04, 0x22, 0x4d, 0x18), 'compressed with lz4', 'lz4 -dc'],
  [
    'Git LFS',
    'version https://git-lfs.github.com/spec/v1\noid sha256:a\n',
    'the pointer of a file in Git LFS',
    'git lfs pull',
  ],
  ['a page', '\ufeff\n<!DOCTYPE html><html>', 'a web page', '.git'],
  ['a page with a comment', '<!-- x --><html>', 'a web page', '.git'],
  ['an error of S3', '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code>', 'XML', 'a server'],
  ['an error of a server', '{"message":"Not Found"}', 'JSON', 'a server'],
  ['an error of a registry', '[{"code":"DENIED"}]', 'JSON', 'a server'],
  ['words', '404: Not Found\n', 'text', 'a server'],
  ['bytes', bytes(1, 2, 3), 'not a tar archive', 'Give a tar'],
];

test.each(kinds)('%s, as it is and compressed', (_what, head, words, advice) => {
  const content = typeof head === 'string' ? Buffer.from(head) : head;
  const refused = (message: string) =>
    expect.objectContaining({
      code: 'context-archive-unsupported',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(advice) as string,
    }) as Error;
  expect(() => requireArchiveFormat(content, 'x')).toThrow(
    refused(`Opening the build context x: it is ${words}`),
  );
  expect(() => requireTarInside(content, 'gzip', 'x')).toThrow(
    refused(`Opening the build context x: it is compressed with gzip, and what that holds is ${words}`),
  );
});

test('a compression around another one', () => {
  for (const inner of [gzipSync('x'), zstdCompressSync('x')])
    expect(() => requireTarInside(inner, 'gzip', 'x')).toThrow('it is compressed twice');
});
