import { describe, expect, it } from 'vitest';
import { executorFlags } from './flag-table.ts';
import { describeAvailability, findFlag, isRepeatable, spellingOf, supportsFlag } from './supports-flag.ts';

const google = (version: string) => ({ distribution: 'google', version }) as const;
const fork = (version: string) => ({ distribution: 'osscontainertools', version }) as const;
const chainguard = (version: string) => ({ distribution: 'chainguard', version }) as const;

describe('supportsFlag', () => {
  it.each([
    [google('1.9.0'), 'snapshot-mode', false],
    [google('1.9.0'), 'snapshotMode', true],
    [google('1.9.1'), 'snapshot-mode', true],
    [google('1.24.0'), 'tarPath', true],
    [google('0.17.1'), 'log-format', false],
    [google('0.18.0'), 'log-format', true],
    [google('1.9.2'), 'compression', false],
    [google('1.10.0'), 'compression', true],
    [google('1.24.0'), 'annotation', false],
    [google('1.24.0'), 'secret', false],
    [fork('1.26.2'), 'secret', false],
    [fork('1.26.3'), 'secret', true],
    [fork('1.24.0-4'), 'materialize', false],
    [fork('1.24.0-5'), 'materialize', true],
    [fork('1.28.0'), 'image-format', false],
    [fork('1.28.3'), 'image-format', true],
    [fork('1.28.3'), 'skip-unused-stages', true],
    [fork('1.24.0-1'), 'registry-map', true],
    [chainguard('1.25.0'), 'annotation', false],
    [chainguard('1.25.5'), 'annotation', true],
    [chainguard('1.25.5'), 'secret', false],
    [google('0.3.0'), 'insecure-skip-tls-verify', true],
    [google('0.4.0'), 'insecure-skip-tls-verify', false],
    [fork('1.28.3'), 'insecure-skip-tls-verify', false],
    [fork('1.28.3'), 'nonsense', false],
  ] as const)('%j --%s: %s', (executor, name, expected) => {
    expect(supportsFlag(executor, name)).toBe(expected);
  });

  it('counts the flags of the releases whose help was read', () => {
    const count = (executor: Parameters<typeof supportsFlag>[0]): number =>
      executorFlags.filter(({ name }) => supportsFlag(executor, name)).length;
    expect({
      v192: count(google('1.9.2')),
      v124: count(google('1.24.0')),
      fork: count(fork('1.28.3')),
    }).toEqual({
      v192: 52,
      v124: 60,
      fork: 68,
    });
  });
});

it('spells a flag as the release does', () => {
  expect(spellingOf(google('1.9.0'), 'tar-path')).toBe('tarPath');
  expect(spellingOf(google('1.9.1'), 'tar-path')).toBe('tar-path');
  expect(spellingOf(google('1.3.0'), 'custom-platform')).toBeUndefined();
});

it('knows from which release a flag repeats', () => {
  const repeats = (executor: Parameters<typeof isRepeatable>[0], name: string): boolean =>
    isRepeatable(executor, findFlag(name) ?? expect.fail(name));
  expect(repeats(google('0.1.0'), 'destination')).toBe(false);
  expect(repeats(google('0.2.0'), 'destination')).toBe(true);
  expect(repeats(google('1.24.0'), 'target')).toBe(false);
  expect(repeats(fork('1.26.6'), 'target')).toBe(false);
  expect(repeats(fork('1.27.0'), 'target')).toBe(true);
});

it('has every flag once, and old spellings of flags that exist', () => {
  const names = executorFlags.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { renamedTo } of executorFlags) {
    if (renamedTo !== undefined) expect(findFlag(renamedTo)?.renamedTo).toBeUndefined();
  }
});

it('tells where a flag exists', () => {
  expect(describeAvailability(findFlag('secret') ?? expect.fail())).toBe(
    'osscontainertools 1.26.3 and later',
  );
  expect(describeAvailability(findFlag('insecure-skip-tls-verify') ?? expect.fail())).toBe(
    'google 0.1.0 to 0.3.0',
  );
});
