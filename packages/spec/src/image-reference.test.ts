import { describe, expect, test } from 'vitest';
import { isKanikitError } from './errors.ts';
import { formatImageReference, parseImageReference } from './image-reference.ts';

describe('parseImageReference', () => {
  test.each([
    ['alpine', 'index.docker.io', 'library/alpine', undefined],
    ['team/app:1', 'index.docker.io', 'team/app', '1'],
    ['docker.io/alpine', 'index.docker.io', 'library/alpine', undefined],
    ['localhost/app', 'localhost', 'app', undefined],
    ['127.0.0.1:5000/app:v1.0', '127.0.0.1:5000', 'app', 'v1.0'],
    ['registry.example.com/a/b/c', 'registry.example.com', 'a/b/c', undefined],
    ['[::1]:5000/app', '[::1]:5000', 'app', undefined],
    ['my_registry:5000/app', 'my_registry:5000', 'app', undefined],
    ['ab', 'index.docker.io', 'library/ab', undefined],
    ['index.docker.io/ab', 'index.docker.io', 'library/ab', undefined],
    ['host:5000', 'index.docker.io', 'library/host', '5000'],
    [`host.example/${'a'.repeat(255)}`, 'host.example', 'a'.repeat(255), undefined],
    [`ab:${'t'.repeat(128)}`, 'index.docker.io', 'library/ab', 't'.repeat(128)],
  ])('%s', (text, registry, repository, tag) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest: undefined });
  });

  test('keeps tag and digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const reference = parseImageReference(`ghcr.io/x/y:z@${digest}`);
    expect(reference).toMatchObject({ tag: 'z', digest });
    expect(formatImageReference(reference)).toBe(`ghcr.io/x/y:z@${digest}`);
  });

  test.each([
    '',
    'host.example/UPPER',
    'a:b:c',
    'ab:',
    'a//b',
    'ab@sha256:short',
    'a b',
    'http://x/y',
    '-a',
    // What the executor refuses after it started.
    'a',
    'host.example/a:1',
    `host.example/${'a'.repeat(256)}`,
    `ab:${'t'.repeat(129)}`,
    'Host/app',
    'Localhost/app',
    'host.example/',
    'host.example:port/app',
    'host.example:99999/app',
    '[::g]/app',
    '[1:2]/app',
    '::1/app',
    `ab@sha256:${'A'.repeat(64)}`,
    `ab@sha256:${'a'.repeat(63)}`,
    `ab@sha512:${'a'.repeat(128)}`,
    `ab@sha256:${'a'.repeat(64)}@sha256:${'a'.repeat(64)}`,
  ])('refuses "%s" and names it', (text) => {
    let thrown: unknown;
    try {
      parseImageReference(text);
    } catch (error) {
      thrown = error;
    }
    expect(isKanikitError(thrown) && thrown.code).toBe('image-reference-invalid');
    expect((thrown as Error).message).toContain(`"${text}"`);
  });
});

test.each([
  ['', 'Reading the image name "": the name is empty.'],
  ['r.example/', 'Reading the image name "r.example/": the name is empty.'],
  ['r.example/app:', 'Reading the image name "r.example/app:": the tag behind the colon is empty.'],
])('of %j it says what is empty, as an unset variable leaves it', (text, message) => {
  expect(() => parseImageReference(text)).toThrow(message);
});

test.each([
  'u:very-secret@h/app',
  'u:very-secret@h:5000',
  'https://u:very-secret@h/app:1',
  'u:very-secret@h@sha256:x/y',
])('%s is refused, and its password is not repeated', (text) => {
  const read = (): unknown => parseImageReference(text);
  expect(read).toThrow('is not a digest');
  expect(read).not.toThrow('very-secret');
});
