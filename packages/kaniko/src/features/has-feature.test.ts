import { describe, expect, it } from 'vitest';
import { executorFeatures } from './feature-table.ts';
import { featureState, findFeature, isFeatureOn, readsFeature } from './has-feature.ts';

const fork = (version: string) => ({ distribution: 'osscontainertools', version }) as const;
const google = { distribution: 'google', version: '1.24.0' } as const;
const chainguard = { distribution: 'chainguard', version: '1.25.5' } as const;

describe('featureState', () => {
  it.each([
    ['FF_KANIKO_RUN_MOUNT_CACHE', '1.25.5', 'not-yet'],
    ['FF_KANIKO_RUN_MOUNT_CACHE', '1.25.6', 'off'],
    ['FF_KANIKO_RUN_MOUNT_CACHE', '1.26.0', 'on'],
    ['FF_KANIKO_RUN_MOUNT_CACHE', '1.26.6', 'on'],
    ['FF_KANIKO_RUN_MOUNT_CACHE', '1.27.0', 'always'],
    ['FF_KANIKO_RUN_MOUNT_SECRET', '1.26.2', 'not-yet'],
    ['FF_KANIKO_RUN_MOUNT_SECRET', '1.26.6', 'off'],
    ['FF_KANIKO_RUN_MOUNT_SECRET', '1.27.6', 'on'],
    ['FF_KANIKO_RUN_MOUNT_SECRET', '1.28.0', 'always'],
    ['FF_KANIKO_RUN_MOUNT_BIND', '1.27.6', 'off'],
    ['FF_KANIKO_RUN_MOUNT_BIND', '1.28.0', 'on'],
    ['FF_KANIKO_RESOLVE_CACHE_KEY', '1.27.6', 'not-yet'],
    ['FF_KANIKO_RESOLVE_CACHE_KEY', '1.28.3', 'off'],
    ['FF_KANIKO_RESOLVE_CACHE_KEY', '1.29.0', 'on'],
    ['FF_KANIKO_VOLUME_SKIP_MKDIR', '1.28.0', 'off'],
    ['FF_KANIKO_VOLUME_SKIP_MKDIR', '1.28.1', 'on'],
    ['FF_KANIKO_SECUREJOIN_EXTRACTION', '1.28.0', 'on'],
    ['FF_KANIKO_COPY_AS_ROOT', '1.29.0', 'off'],
  ] as const)('%s in %s: %s', (name, version, expected) => {
    expect(featureState(fork(version), findFeature(name) ?? expect.fail())).toBe(expected);
  });

  it('counts the flags that each release reads', () => {
    const count = (version: string, isOn: boolean): number =>
      executorFeatures.filter(
        ({ name }) => readsFeature(fork(version), name) && isFeatureOn(fork(version), name) === isOn,
      ).length;
    const counted = ['1.25.1', '1.25.2', '1.26.0', '1.27.0', '1.27.6', '1.28.0', '1.28.3'].map((version) => [
      version,
      count(version, true),
      count(version, false),
    ]);
    expect(counted).toEqual([
      ['1.25.1', 0, 0],
      ['1.25.2', 0, 1],
      ['1.26.0', 3, 3],
      ['1.27.0', 4, 6],
      ['1.27.6', 4, 20],
      ['1.28.0', 10, 16],
      ['1.28.3', 12, 24],
    ]);
  });
});

it.each([google, chainguard])('%j has no feature flags', (executor) => {
  expect(executorFeatures.filter(({ name }) => readsFeature(executor, name))).toEqual([]);
});

it('has every flag once', () => {
  const names = executorFeatures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('takes what is set, and what a release always does', () => {
  const name = 'FF_KANIKO_RUN_MOUNT_SECRET';
  expect(isFeatureOn(fork('1.26.6'), name, { [name]: true })).toBe(true);
  expect(isFeatureOn(fork('1.27.0'), name, { [name]: false })).toBe(false);
  expect(isFeatureOn(fork('1.28.0'), name, { [name]: false })).toBe(true);
  expect(isFeatureOn(fork('1.26.2'), name, { [name]: true })).toBe(false);
});
