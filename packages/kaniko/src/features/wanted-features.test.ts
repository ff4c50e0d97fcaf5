import { describe, expect, it } from 'vitest';
import { parseDockerfileOutline } from '../dockerfile/parse-outline.ts';
import { wantedFeatures } from './wanted-features.ts';

type Executor = Parameters<typeof wantedFeatures>[1];
const fork = (version: string): Executor => ({ distribution: 'osscontainertools', version });
const cached = { isOn: true, copyLayers: false, runLayers: true };
const uncached = { isOn: false, copyLayers: false, runLayers: false };
const short = (names: readonly string[]): string[] => names.map((name) => name.replace('FF_KANIKO_', ''));

describe('with a layer cache', () => {
  it.each<[Executor, string[]]>([
    [{ distribution: 'google', version: '1.24.0' }, []],
    [{ distribution: 'chainguard', version: '1.25.5' }, []],
    [fork('1.24.0-1'), []],
    [fork('1.27.5'), []],
    [fork('1.27.6'), ['SCOPED_DOCKERIGNORE']],
    [fork('1.28.0'), ['RESOLVE_CACHE_KEY', 'SKIP_WRITE_WHITEOUTS', 'SCOPED_DOCKERIGNORE']],
    [
      fork('1.28.3'),
      [
        'RESOLVE_CACHE_KEY',
        'SKIP_WRITE_WHITEOUTS',
        'SCOPED_DOCKERIGNORE',
        'HASH_DIR_FRAMING',
        'ROLLING_CACHE_KEY',
      ],
    ],
    [
      fork('1.29.0'),
      [
        'RESOLVE_CACHE_KEY',
        'SKIP_WRITE_WHITEOUTS',
        'SCOPED_DOCKERIGNORE',
        'HASH_DIR_FRAMING',
        'ROLLING_CACHE_KEY',
      ],
    ],
  ])('%j: %j', (executor, expected) => {
    const needs = { cache: cached, hasSecrets: false, outline: undefined };
    expect(short(wantedFeatures(needs, executor))).toEqual(expected);
    expect(wantedFeatures({ ...needs, cache: uncached }, executor)).toEqual([]);
  });
});

describe('with mounts', () => {
  const text =
    'FROM a AS unused\nRUN --mount=type=cache,target=/c x\nFROM b\nRUN --mount=type=secret,id=a --mount=target=/s y\n';

  it.each<[string, string[]]>([
    ['1.25.6', []],
    ['1.26.3', ['RUN_MOUNT_SECRET']],
    ['1.27.0', []],
    ['1.27.3', ['RUN_MOUNT_BIND']],
    ['1.28.0', []],
  ])('%s: %j, for needed stages only', (version, expected) => {
    const outline = parseDockerfileOutline(text, { executor: fork(version) });
    const needs = { cache: uncached, hasSecrets: false, outline };
    expect(short(wantedFeatures(needs, fork(version)))).toEqual(expected);
  });

  it('switches secrets on where the Dockerfile is not known', () => {
    const needs = { cache: uncached, hasSecrets: true, outline: undefined };
    expect(short(wantedFeatures(needs, fork('1.26.3')))).toEqual(['RUN_MOUNT_SECRET']);
  });
});
