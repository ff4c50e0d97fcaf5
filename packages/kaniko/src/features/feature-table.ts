/** A feature flag of the maintained fork: a variable of the executor's environment. No other distribution has any. */
export interface ExecutorFeature {
  readonly name: string;
  /** First release that reads it. */
  readonly since: string;
  /** First release in which it is on by default; undefined while it is off. */
  readonly onFrom: string | undefined;
  /** First release that no longer reads it and always does what it switched on; undefined while it is read. */
  readonly alwaysFrom: string | undefined;
}

/** The newest release whose sources this table was read from; what later ones do is only announced. */
export const lastReadRelease = '1.28.3';

/** The release in which the publisher's README of 1.28.3 says that a feature becomes the default. */
const announced = { on: '1.29.0' };

/** Every feature flag, checked against the sources and the README of each tagged release of osscontainertools up to 1.28.3. */
export const executorFeatures: readonly ExecutorFeature[] = [
  feature('BUILDKIT_ARG_ENV_PRECEDENCE', '1.27.3', { on: '1.28.0' }),
  feature('CACHE_LOOKAHEAD', '1.27.4'),
  feature('CACHE_PROBE_AFTER_MISS', '1.27.5'),
  feature('CHOWN_ON_IMPLICIT_DIRS', '1.28.2'),
  feature('CLEAN_KANIKO_DIR', '1.27.0', { on: '1.27.0' }),
  feature('COPY_AS_ROOT', '1.25.2'),
  feature('COPY_CHMOD_ON_IMPLICIT_DIRS', '1.26.6'),
  feature('CROSS_REPO_MOUNT', '1.28.3', announced),
  feature('DEPRECATE_INTER_STAGE_RESTORE', '1.27.6', { on: '1.28.0' }),
  feature('DISABLE_HTTP2', '1.26.1'),
  feature('EXPAND_HEREDOC', '1.28.1', announced),
  feature('HASH_DIR_FRAMING', '1.28.1', announced),
  feature('IGNORE_CACHED_MANIFEST', '1.25.6'),
  feature('INFER_CROSS_STAGE_CACHE_KEY', '1.27.3', announced),
  feature('NEW_CACHE_LAYOUT', '1.25.6', { on: '1.26.0', always: '1.27.0' }),
  feature('NO_PROPAGATE_ANNOTATIONS', '1.27.2', { on: '1.28.0' }),
  feature('OCI_SCRATCH_BASE', '1.27.3'),
  feature('OCI_STAGES', '1.26.0', { on: '1.27.0', always: '1.28.0' }),
  feature('OCI_WARMER', '1.26.4', { on: '1.28.0' }),
  feature('PRECOMPILE_DOCKERIGNORE', '1.28.1', announced),
  feature('PRESERVE_HARDLINKS', '1.27.3', { on: '1.28.0' }),
  feature('PRESERVE_MOUNTED_PATHS', '1.27.6', { on: '1.28.0' }),
  feature('RELATIVE_LINK_TARGETS', '1.28.2', { on: '1.28.2' }),
  feature('REPRODUCIBLE_PRESERVE_BASE_LAYERS', '1.27.6', announced),
  feature('RESOLVE_CACHE_KEY', '1.28.0', announced),
  feature('ROLLING_CACHE_KEY', '1.28.1', announced),
  feature('RUN_HONOR_GROUP', '1.28.1', announced),
  feature('RUN_MOUNT_BIND', '1.27.3', { on: '1.28.0' }),
  feature('RUN_MOUNT_CACHE', '1.25.6', { on: '1.26.0', always: '1.27.0' }),
  feature('RUN_MOUNT_SECRET', '1.26.3', { on: '1.27.0', always: '1.28.0' }),
  feature('RUN_VIA_TINI', '1.26.4', announced),
  feature('SCOPED_DOCKERIGNORE', '1.27.6'),
  feature('SECUREJOIN_EXTRACTION', '1.28.0', { on: '1.28.0' }),
  feature('SHARED_BASE_CACHE', '1.28.2', announced),
  feature('SKIP_CACHED_STAGES', '1.28.2', announced),
  feature('SKIP_RELABEL_RECOMPRESS', '1.28.0', announced),
  feature('SKIP_WRITE_WHITEOUTS', '1.28.0', announced),
  feature('SQUASH_STAGES', '1.25.4', { on: '1.26.0', always: '1.28.0' }),
  feature('UNTAR_SKIP_ROOT', '1.28.0', announced),
  feature('VOLUME_SKIP_MKDIR', '1.27.3', { on: '1.28.1' }),
  feature('WARMER_CACHE_LOCK', '1.27.6', { on: '1.28.0' }),
];

function feature(
  name: string,
  since: string,
  changes: { readonly on?: string; readonly always?: string } = {},
): ExecutorFeature {
  return { name: `FF_KANIKO_${name}`, since, onFrom: changes.on, alwaysFrom: changes.always };
}
