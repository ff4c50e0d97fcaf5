import { KanikitError } from '@kanikit/spec';
import { describe, expect, it } from 'vitest';
import { type FeatureChoice, resolveFeatures } from './resolve-features.ts';

const fork = (version: string) => ({ distribution: 'osscontainertools', version }) as const;
const google = { distribution: 'google', version: '1.24.0' } as const;
const chainguard = { distribution: 'chainguard', version: '1.25.5' } as const;
type Executor = Parameters<typeof resolveFeatures>[1];

const tini = 'FF_KANIKO_RUN_VIA_TINI';

function errorOf(choice: FeatureChoice, executor: Executor): KanikitError {
  try {
    resolveFeatures(choice, executor);
  } catch (error) {
    if (error instanceof KanikitError) return error;
    throw error;
  }
  return expect.fail('it was taken');
}

describe('resolveFeatures', () => {
  it('renders what is chosen, wanted and in the profile, the user before the profile and this before kanikit', () => {
    const resolved = resolveFeatures(
      {
        features: { FF_KANIKO_UNTAR_SKIP_ROOT: false, FF_KANIKO_DISABLE_HTTP2: true },
        profile: 'buildkit',
        wanted: ['FF_KANIKO_RESOLVE_CACHE_KEY'],
      },
      fork('1.28.3'),
    );
    expect(resolved).toEqual({
      env: {
        FF_KANIKO_RESOLVE_CACHE_KEY: 'true',
        FF_KANIKO_COPY_AS_ROOT: 'true',
        FF_KANIKO_COPY_CHMOD_ON_IMPLICIT_DIRS: 'true',
        FF_KANIKO_EXPAND_HEREDOC: 'true',
        FF_KANIKO_RUN_HONOR_GROUP: 'true',
        FF_KANIKO_UNTAR_SKIP_ROOT: 'false',
        FF_KANIKO_CHOWN_ON_IMPLICIT_DIRS: 'true',
        FF_KANIKO_DISABLE_HTTP2: 'true',
      },
      set: expect.objectContaining({
        FF_KANIKO_UNTAR_SKIP_ROOT: false,
        FF_KANIKO_COPY_AS_ROOT: true,
      }) as unknown,
      notices: [],
    });
  });

  it.each([
    ['preview', '1.28.1', 12],
    ['preview', '1.28.2', 12],
    ['preview', '1.28.3', 15],
    ['preview', '1.29.0', 15],
    ['buildkit', '1.28.2', 5],
    ['buildkit', '1.28.3', 6],
  ] as const)('the profile %s of %s has %i flags', (profile, version, expected) => {
    expect(Object.keys(resolveFeatures({ profile }, fork(version)).env)).toHaveLength(expected);
  });

  it.each([fork('1.28.0'), google, chainguard])('%j documents no profile', (executor) => {
    expect(errorOf({ profile: 'preview' }, executor)).toMatchObject({
      code: 'feature-profile-unsupported',
      hint: expect.stringContaining('1.28.1') as unknown,
    });
  });

  it.each([
    ['FF_KANIKO_RUN_VIA_TINNI', tini],
    ['RUN_VIA_TINI', tini],
    ['run-via-tini', tini],
    ['FF_KANIKO_COPYASROOT', 'FF_KANIKO_COPY_AS_ROOT'],
  ])('%s is unknown, and %s is near', (name, near) => {
    expect(errorOf({ features: { [name]: true } }, fork('1.28.3'))).toMatchObject({
      code: 'feature-unknown',
      hint: `Did you mean ${near}?`,
    });
  });

  it('checks a flag among the variables of the pod the same way', () => {
    expect(errorOf({ env: { FF_KANIKO_RUN_VIA_TINNI: '1' } }, fork('1.28.3')).code).toBe('feature-unknown');
    expect(errorOf({ env: { [tini]: 'yes' } }, fork('1.28.3')).code).toBe('feature-value-invalid');
    expect(errorOf({ env: { [tini]: '1' } }, fork('1.26.3')).code).toBe('feature-unsupported');
  });

  it.each([
    [google, tini, true],
    [chainguard, tini, true],
    [fork('1.26.3'), tini, true],
    // Gone, and always on since.
    [fork('1.28.0'), 'FF_KANIKO_RUN_MOUNT_SECRET', false],
  ] as const)('%j refuses %s=%s', (executor, name, value) => {
    const error = errorOf({ features: { [name]: value } }, executor);
    expect(error.code).toBe('feature-unsupported');
    expect(error.hint).toContain('Choose another executor');
  });

  it.each([
    [google, tini, false],
    [fork('1.26.3'), tini, false],
    [fork('1.28.0'), 'FF_KANIKO_RUN_MOUNT_SECRET', true],
  ] as const)('%j is told of %s=%s, which changes nothing', (executor, name, value) => {
    const { notices } = resolveFeatures({ features: { [name]: value } }, executor);
    expect(notices.map(({ code }) => code)).toEqual(['feature-without-effect']);
  });

  it('passes on what releases newer than the table may have', () => {
    const name = 'FF_KANIKO_SOMETHING_NEW';
    const { env, notices } = resolveFeatures({ features: { [name]: true } }, fork('1.29.0'));
    expect(env).toEqual({ [name]: 'true' });
    expect(notices.map(({ code }) => code)).toEqual(['feature-unverified']);
  });

  it.each(['1', 't', 'T', 'TRUE', 'true', 'True'])(
    'reads the variable %s as on, and leaves it to the pod',
    (value) => {
      const { env, set } = resolveFeatures({ env: { [tini]: value }, wanted: [tini] }, fork('1.28.3'));
      expect(env).toEqual({});
      expect(set).toEqual({ [tini]: true });
    },
  );

  it('refuses a feature that the variables of the pod contradict, not one that they repeat', () => {
    expect(errorOf({ features: { [tini]: true }, env: { [tini]: '0' } }, fork('1.28.3')).code).toBe(
      'feature-contradiction',
    );
    expect(resolveFeatures({ features: { [tini]: true }, env: { [tini]: '1' } }, fork('1.28.3')).env).toEqual(
      {},
    );
  });

  it('leaves a flag whose value is in the cluster to the pod', () => {
    const env = { [tini]: { configMap: 'settings', key: 'tini' } };
    expect(resolveFeatures({ env, wanted: [tini] }, fork('1.28.3')).env).toEqual({});
  });
});
