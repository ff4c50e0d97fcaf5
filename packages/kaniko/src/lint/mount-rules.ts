import { supportsFlag } from '../flags/supports-flag.ts';
import { isFeatureOn, readsFeature } from '../features/has-feature.ts';
import { mountFeatures } from '../features/wanted-features.ts';
import { mountsOfFlags, type RunMount } from '../dockerfile/mounts.ts';
import { type Finding, isForkSince, type LintedInstruction, type LintTarget } from './rule.ts';

/** Types that the Dockerfile's grammar has. */
const mountTypes = new Set(['bind', 'cache', 'secret', 'ssh', 'tmpfs']);

/** First release of the fork that has each type switched on; those before that have it behind a feature flag get the flag from kanikit. */
const mountSince: Readonly<Record<string, string>> = { cache: '1.25.6', secret: '1.26.3', bind: '1.27.3' };

/** What goes wrong with the mounts of a `RUN`. */
export function lintMounts({ flags, ...target }: LintedInstruction): Finding[] {
  return mountsOfFlags(flags).flatMap((mount) => lintMount(mount, target));
}

function lintMount(mount: RunMount, target: LintTarget): Finding[] {
  const { label, executor, features } = target;
  const { type, option } = mount;
  if (type.includes('$')) return [];
  if (!mountTypes.has(type)) return [unknownType(type, target)];
  const from = option('from');
  const isFromElsewhere = type === 'bind' && from !== undefined && from !== 'context';
  const feature = mountFeatures[type];
  const isCarriedOut = feature !== undefined && isFeatureOn(executor, feature, features);
  if (!isCarriedOut || isFromElsewhere) {
    const what = isFromElsewhere ? 'bind mounts from a stage or an image' : `--mount=type=${type}`;
    return [
      {
        code: 'run-mount-ignored',
        message: `${label} ignores ${what}: the command runs without it.`,
        hint: mountHint(type, isFromElsewhere, target),
        isFatal: false,
      },
    ];
  }
  return [...lintSecretSource(mount, target), ...lintCacheSource(mount, target)];
}

/** Before it looks at mounts at all, the executor passes over types that it does not know. */
function unknownType(type: string, { label, executor, features }: LintTarget): Finding {
  const isRead = Object.values(mountFeatures).some((feature) => isFeatureOn(executor, feature, features));
  return {
    code: isRead ? 'run-mount-unknown' : 'run-mount-ignored',
    message: isRead
      ? `${label} knows no --mount=type=${type}: the build fails.`
      : `${label} ignores --mount=type=${type}: the command runs without it.`,
    hint: `Types are ${[...mountTypes].join(', ')}.`,
    isFatal: isRead,
  };
}

function mountHint(type: string, isFromElsewhere: boolean, { executor }: LintTarget): string {
  const feature = mountFeatures[type];
  const since = mountSince[type];
  if (isFromElsewhere) return 'COPY --from the files before the RUN.';
  if (feature === undefined || since === undefined) return 'No release mounts it: write the step without.';
  if (readsFeature(executor, feature)) return `Set the feature flag ${feature}.`;
  return `osscontainertools ${since} and later mount it.`;
}

/** docker takes the id from `source`, too; the fork from `id` and `target` only. */
function lintSecretSource({ type, option }: RunMount, { label, executor }: LintTarget): Finding[] {
  const source = option('source', 'src');
  if (type !== 'secret' || source === undefined || option('id') !== undefined) return [];
  const target = option('target', 'dst', 'destination');
  if (!supportsFlag(executor, 'secret')) return [];
  const isFatal = target === undefined;
  return [
    {
      code: 'run-secret-source-ignored',
      message: isFatal
        ? `${label} does not take the name of a secret from source=${source}: the build fails.`
        : `${label} does not take the name of a secret from source=${source}, but from the target.`,
      hint: `Write id=${source} in its place.`,
      isFatal,
    },
  ];
}

function lintCacheSource({ type, option }: RunMount, { label, executor }: LintTarget): Finding[] {
  const from = option('from');
  if (type !== 'cache' || from === undefined || !isForkSince(executor, '1.25.6')) return [];
  return [
    {
      code: 'run-cache-from-ignored',
      message: `${label} ignores from=${from} of a cache mount: the cache begins empty.`,
      hint: 'COPY --from the files in the RUN before, or fill the cache in the command.',
      isFatal: false,
    },
  ];
}
