import { isKanikitError } from '@kanikit/spec';
import { describe, expect, test } from 'vitest';
import { formatPlatform, nodeArchitecture, parsePlatform } from './parse-platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/x86-64', 'linux/amd64'],
  ['x86_64', 'linux/amd64'],
  ['linux/arm64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm64/v8.2', 'linux/arm64/v8.2'],
  ['linux/arm64/v9', 'linux/arm64/v9'],
  ['linux/aarch64', 'linux/arm64'],
  ['aarch64', 'linux/arm64'],
  ['arm64', 'linux/arm64'],
  ['Linux/ARM64', 'linux/arm64'],
  [' linux/arm64\n', 'linux/arm64'],
  ['linux/arm', 'linux/arm'],
  ['linux/arm/v5', 'linux/arm/v5'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['linux/arm/v7', 'linux/arm/v7'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['arm/v7', 'linux/arm/v7'],
  ['linux/386', 'linux/386'],
  ['linux/i386', 'linux/386'],
  ['linux/ppc64le', 'linux/ppc64le'],
  ['linux/s390x', 'linux/s390x'],
  ['linux/riscv64', 'linux/riscv64'],
  ['linux/mips64le', 'linux/mips64le'],
  ['linux/loong64', 'linux/loong64'],
])('%j is %s', (text, platform) => {
  expect(formatPlatform(parsePlatform(text))).toBe(platform);
});

describe('refuses', () => {
  test.each([
    ['linux/arm46', 'Did you mean linux/arm64?'],
    ['linux/adm64', 'Did you mean linux/amd64?'],
    ['linux/amd46', 'Did you mean linux/amd64?'],
    ['linx/amd64', 'Did you mean linux/amd64?'],
    ['linux/arm/v9', 'Did you mean linux/arm/v'],
    ['linux/ppc64el', 'Did you mean linux/ppc64le?'],
    ['amd46', 'Did you mean linux/amd64?'],
    ['x', 'Write linux/ARCH'],
    ['', 'Write linux/ARCH'],
    ['/', 'Write linux/ARCH'],
    ['linux', 'the architecture is missing'],
    ['linux/', 'Write linux/ARCH'],
    ['linux//v8', 'Write linux/ARCH'],
    ['linux/amd64/', 'Write linux/ARCH'],
    ['linux/amd64/v1/x', 'Write linux/ARCH'],
    ['linux/386/v1', 'Write linux/ARCH'],
    ['local', 'Write linux/ARCH'],
    ['linux/__proto__', 'Write linux/ARCH'],
    ['linux/amd64 linux/arm64', 'Write linux/ARCH'],
    ['windows/amd64', 'Kaniko builds images for Linux only, not for windows.'],
    ['windows', 'for Linux only'],
    ['darwin/arm64', 'for Linux only'],
    ['linux/amd64,linux/arm64', 'it names several, and a build makes an image for one.'],
    ['linux/amd64,', 'it names several'],
    ['all', 'Write linux/ARCH'],
  ])('%j', (text, words) => {
    let told = '';
    try {
      parsePlatform(text);
    } catch (error) {
      if (!isKanikitError(error)) throw error;
      expect(error.code).toBe('platform-invalid');
      told = `${error.message} ${error.hint ?? ''}`;
    }
    expect(told).toContain(words);
  });

  test('without a suggestion where nothing is near', () => {
    expect(() => parsePlatform('linux/sparc')).toThrow(
      expect.objectContaining({ hint: expect.not.stringContaining('Did you mean') as unknown }),
    );
  });
});

test('nodes that can run it', () => {
  expect(nodeArchitecture(parsePlatform('linux/386'))).toBe('amd64');
  expect(nodeArchitecture(parsePlatform('linux/arm/v6'))).toBe('arm');
});
