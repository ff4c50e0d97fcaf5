/** Names of the sets of feature flags that the fork documents. */
export type FeatureProfile = 'buildkit' | 'preview';

interface ProfileChange {
  /** First release whose README lists these flags. */
  readonly since: string;
  readonly features: readonly string[];
}

/** `Preview` and `BuildKit compatibility` in the README of each release that documents them; the newest list goes for later releases. */
const profiles: Readonly<Record<FeatureProfile, readonly ProfileChange[]>> = {
  preview: [
    {
      since: '1.28.1',
      features: [
        'EXPAND_HEREDOC',
        'HASH_DIR_FRAMING',
        'INFER_CROSS_STAGE_CACHE_KEY',
        'PRECOMPILE_DOCKERIGNORE',
        'REPRODUCIBLE_PRESERVE_BASE_LAYERS',
        'RESOLVE_CACHE_KEY',
        'ROLLING_CACHE_KEY',
        'RUN_HONOR_GROUP',
        'RUN_VIA_TINI',
        'SKIP_RELABEL_RECOMPRESS',
        'SKIP_WRITE_WHITEOUTS',
        'UNTAR_SKIP_ROOT',
      ],
    },
    { since: '1.28.3', features: ['CROSS_REPO_MOUNT', 'SHARED_BASE_CACHE', 'SKIP_CACHED_STAGES'] },
  ],
  buildkit: [
    {
      since: '1.28.1',
      features: [
        'COPY_AS_ROOT',
        'COPY_CHMOD_ON_IMPLICIT_DIRS',
        'EXPAND_HEREDOC',
        'RUN_HONOR_GROUP',
        'UNTAR_SKIP_ROOT',
      ],
    },
    { since: '1.28.3', features: ['CHOWN_ON_IMPLICIT_DIRS'] },
  ],
};

/** First release that documents profiles. */
export const firstProfileRelease = '1.28.1';

/** The lists of a profile, each with the first release that adds it to those before. */
export function profileChanges(profile: FeatureProfile): readonly ProfileChange[] {
  return profiles[profile].map(({ since, features }) => ({
    since,
    features: features.map((name) => `FF_KANIKO_${name}`),
  }));
}
