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
  ])('%s', (text, registry, repository, tag) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest: undefined });
  });

  test('keeps tag and digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const reference = parseImageReference(`ghcr.io/x/y:z@${digest}`);
    expect(reference).toMatchObject({ tag: 'z', digest });
    expect(formatImageReference(reference)).toBe(`ghcr.io/x/y:z@${digest}`);
  });

  test.each(['', 'host.example/UPPER', 'a:b:c', 'a:', 'a//b', 'a@sha256:short', 'a b', 'http://x/y', '-a'])(
    'refuses "%s" and names it',
    (text) => {
      let thrown: unknown;
      try {
        parseImageReference(text);
      } catch (error) {
        thrown = error;
      }
      expect(isKanikitError(thrown) && thrown.code).toBe('image-reference-invalid');
      expect((thrown as Error).message).toContain(`"${text}"`);
    },
  );
});
