import { expect, test } from 'vitest';
import { isAzureReference, parseAzureReference } from './parse-azure-reference.ts';

test.each([
  ['az://example/builds/dir/c.tar.gz', 'example', 'builds', 'dir/c.tar.gz', undefined, undefined],
  ['az://example/builds', 'example', 'builds', 'context.tar.gz', undefined, undefined],
  ['az://example/builds/a%20b', 'example', 'builds', 'a%20b', undefined, undefined],
  [
    'https://example.blob.core.windows.net/builds/a%20b/c.tar.gz',
    'example',
    'builds',
    'a b/c.tar.gz',
    'https://example.blob.core.windows.net',
    undefined,
  ],
  [
    'https://example.blob.core.chinacloudapi.cn:443/builds/100%?sv=1&sig=a%2Bb%3D',
    'example',
    'builds',
    '100%',
    'https://example.blob.core.chinacloudapi.cn',
    'sv=1&sig=a%2Bb%3D',
  ],
  [
    'https://example.blob.core.usgovcloudapi.net/builds/c?snapshot=1',
    'example',
    'builds',
    'c',
    'https://example.blob.core.usgovcloudapi.net',
    undefined,
  ],
])('%s', (reference, account, container, key, endpoint, sasToken) => {
  expect(isAzureReference(reference)).toBe(true);
  expect(parseAzureReference(reference)).toEqual({ account, container, key, endpoint, sasToken });
});

test.each([
  'https://example.com/builds/c.tar.gz',
  'https://blob.core.windows.net.example.com/builds/c',
  'http://example.blob.core.windows.net/builds/c',
  'gs://builds/c',
  'az',
  'https://',
])('%s is for others', (reference) => {
  expect(isAzureReference(reference)).toBe(false);
});

test.each(['az://example/builds/c.tar.gz?sv=1&sig=very-secret', 'az://example?sig=very-secret'])(
  '%s: an az:// reference takes no query, and its signature is not repeated',
  (reference) => {
    expect(() => parseAzureReference(reference)).toThrow('a query');
    expect(() => parseAzureReference(reference)).not.toThrow('very-secret');
  },
);

test.each(['az://example', 'az://', 'https://example.blob.core.windows.net/?sv=1&sig=very-secret'])(
  '%s names no container, which is said without its signature',
  (reference) => {
    expect(() => parseAzureReference(reference)).toThrow(/names no container/);
    expect(() => parseAzureReference(reference)).not.toThrow(/very-secret/);
  },
);
