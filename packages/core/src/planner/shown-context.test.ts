import { expect, test } from 'vitest';
import { shownContext } from './shown-context.ts';

test.each([
  ['./app', './app'],
  ['-', '-'],
  ['git@github.com:acme/app.git#main', 'git@github.com:acme/app.git#main'],
  ['https://github.com/acme/app.git#main:folder', 'https://github.com/acme/app.git#main:folder'],
  ['https://token@github.com/acme/app.git#main', 'https://github.com/acme/app.git#main'],
  ['git://user:pa%40ss@host/app#refs/heads/x', 'git://host/app#refs/heads/x'],
  ['ssh://git@host:2222/app.git', 'ssh://git@host:2222/app.git'],
  ['git+ssh://git:secret@host/app.git', 'git+ssh://git@host/app.git'],
  ['https://host/c.tar.gz?X-Amz-Signature=abc&x=1', 'https://host/c.tar.gz'],
  ['https://a.blob.core.windows.net/c/b?sv=1&sig=x#f', 'https://a.blob.core.windows.net/c/b'],
  ['https://host/c.tar.gz#token=secret', 'https://host/c.tar.gz'],
  ['s3://bucket/key', 's3://bucket/key'],
])('%s is shown as %s', (reference, shown) => {
  expect(shownContext(reference)).toBe(shown);
});
