import { isKanikitError } from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import { distributions, imageDigests } from './catalogue.ts';
import { resolveExecutor } from './resolve-executor.ts';

describe('resolveExecutor', () => {
  it.each([
    ['nothing said', undefined, 'osscontainertools', '1.28.3', 'ghcr.io/osscontainertools/kaniko:v1.28.3'],
    ['empty choice', {}, 'osscontainertools', '1.28.3', 'ghcr.io/osscontainertools/kaniko:v1.28.3'],
    [
      'a release of the fork',
      { version: '1.27.0' },
      'osscontainertools',
      '1.27.0',
      'ghcr.io/osscontainertools/kaniko:v1.27.0',
    ],
    [
      'a release to come',
      { version: '1.29.0' },
      'osscontainertools',
      '1.29.0',
      'ghcr.io/osscontainertools/kaniko:v1.29.0',
    ],
    [
      'with v',
      { version: 'v1.26.6' },
      'osscontainertools',
      '1.26.6',
      'ghcr.io/osscontainertools/kaniko:v1.26.6',
    ],
    [
      'google',
      { distribution: 'google' },
      'google',
      '1.24.0',
      'gcr.io/kaniko-project/executor:v1.24.0@sha256:4e7a52dd1f14872430652bb3b027405b8dfd17c4538751c620ac005741ef9698',
    ],
    [
      'an image in a mirror, which stays as it is written',
      { distribution: 'google', image: 'mirror.example/kaniko:v1.24.0' },
      'google',
      '1.24.0',
      'mirror.example/kaniko:v1.24.0',
    ],
    [
      'old google',
      { distribution: 'google', version: '0.9.0' },
      'google',
      '0.9.0',
      'gcr.io/kaniko-project/executor:v0.9.0',
    ],
    [
      'a mirror',
      { image: 'mirror.example.com/kaniko:x' },
      'osscontainertools',
      '1.28.3',
      'mirror.example.com/kaniko:x',
    ],
    [
      'chainguard with an image',
      { distribution: 'chainguard', image: 'registry.example.com/kaniko' },
      'chainguard',
      '1.25.5',
      'registry.example.com/kaniko',
    ],
  ] as const)('%s', (_, choice, distribution, version, image) => {
    expect(resolveExecutor(choice)).toEqual({ distribution, version, image });
  });

  it.each([
    ['chainguard without an image', { distribution: 'chainguard' }, 'executor-image-missing'],
    ['a moving tag', { version: 'latest' }, 'executor-version-invalid'],
    ['a variant', { version: '1.24.0-debug' }, 'executor-version-invalid'],
    ['google after its end', { distribution: 'google', version: '1.25.0' }, 'executor-version-invalid'],
    ['the fork before its start', { version: '1.23.0' }, 'executor-version-invalid'],
    ['nobody', { distribution: 'acme' as 'google' }, 'executor-distribution-unknown'],
    ['a name of Object', { distribution: 'constructor' as 'google' }, 'executor-distribution-unknown'],
  ] as const)('refuses %s', (_, choice, code) => {
    expect(() => resolveExecutor(choice)).toThrow(
      expect.objectContaining({ code, hint: expect.stringMatching(/\w/) }),
    );
    try {
      resolveExecutor(choice);
    } catch (error) {
      expect(isKanikitError(error)).toBe(true);
    }
  });
});

it('has digests of published images only', () => {
  const repositories = Object.values(distributions).flatMap(({ repository }) => repository ?? []);
  for (const [image, digest] of Object.entries(imageDigests)) {
    const [repository = '', tag = ''] = image.split(':');
    expect(repositories).toContain(repository);
    expect(tag).toMatch(/^v\d+\.\d+\.\d+(?:-\d+)?$/);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  }
});
