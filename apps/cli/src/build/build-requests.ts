import { type BuildRequest, isKanikitError, type KanikitError, parseImageReference } from '@kanikit/spec';
import { buildCommand } from '../command-line/build-command.ts';
import { flagsOf, type ParsedValues } from '../command-line/flag.ts';
import { shown } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import type { BuildFlags } from './build-flags.ts';
import { assignTags } from './assign-tags.ts';
import { executorChoice } from './executor-choice.ts';
import { featureFlags, imageAnnotations } from './image-settings.ts';
import { podSettings } from './pod-settings.ts';
import { withValues } from './with-values.ts';

/**
 * What to build, from a parsed command line.
 *
 * @throws KanikitError `usage` for flags that contradict each other
 */
export function buildRequests(values: ParsedValues): readonly BuildRequest[] {
  const flags = flagsOf(buildCommand, values);
  checkTogether(flags, values.args);
  const isPushed = flags.push !== false;
  const tagged = assignTags(values.args, flags.tag, isPushed);
  for (const { destinations } of tagged) for (const name of destinations) checkImageName(name);
  return tagged.map(({ context, destinations }) => ({
    name: flags.name,
    context,
    destinations,
    dockerfile: flags.file,
    contextSubPath: flags['context-sub-path'],
    contextFetch: flags.fetch as BuildRequest['contextFetch'],
    contextDelivery: flags.stdin === true ? 'stdin' : (flags.delivery as BuildRequest['contextDelivery']),
    git: { depth: flags['git-depth'], submodules: flags['git-submodules'], secret: flags['git-secret'] },
    push: isPushed,
    buildArgs: flags['build-arg'],
    labels: withValues(flags.label, '--label', ''),
    annotations: imageAnnotations(flags.annotation),
    imageFormat: flags['image-format'] as BuildRequest['imageFormat'],
    compression: flags.compression as BuildRequest['compression'],
    pushRetries: flags['push-retry'],
    imageDownloadRetries: flags['image-download-retry'],
    features: featureFlags(flags.feature),
    featureProfile: flags['feature-profile'] as BuildRequest['featureProfile'],
    target: flags.target,
    platform: flags.platform,
    cache: cacheOf(flags),
    insecureRegistries: flags['insecure-registry'],
    executorArgs: values.passedThrough,
    executor: executorChoice(flags.executor, flags['executor-image']),
    pod: podSettings(flags),
    timeoutMs: flags.timeout,
  }));
}

function checkTogether(flags: BuildFlags, contexts: readonly string[]): void {
  const refuse = (isGiven: unknown, isOther: unknown, message: string, hint?: string) => {
    if (Boolean(isGiven) && Boolean(isOther)) throw usageError(message, hint);
  };
  const isSeveral = contexts.length > 1;
  refuse(
    flags['keep-ended'],
    flags.detach !== true && flags.job !== true,
    '--keep-ended is about builds that nobody waits for.',
    'Add --detach or --job.',
  );
  refuse(
    flags.detach,
    flags.iidfile,
    '--iidfile holds the digest of an image, which --detach does not wait for.',
    'Leave it out, and use "kanikit attach".',
  );
  refuse(
    flags['cache-ttl'],
    flags.cache !== true,
    '--cache-ttl is about the layer cache, which is off.',
    'Add --cache.',
  );
  refuse(
    flags.quiet,
    flags.progress !== undefined && flags.progress !== 'quiet',
    '--quiet contradicts --progress.',
  );
  refuse(
    flags.output,
    flags['dry-run'] !== true,
    '--output is the format of --dry-run.',
    'Add --dry-run, or use --progress json.',
  );
  refuse(
    flags.stdin,
    flags.delivery !== undefined && flags.delivery !== 'stdin',
    '--stdin contradicts --delivery.',
  );
  refuse(flags['git-depth'] === 0, true, '--git-depth must be at least 1.');
  refuse(flags.name, isSeveral, '--name names one build, but there are several contexts.');
  refuse(
    flags.iidfile,
    isSeveral,
    '--iidfile holds one digest, but there are several contexts.',
    'Use --metadata-file, which holds all of them.',
  );
  refuse(flags['pod-name'], isSeveral, '--pod-name names one pod, but there are several contexts.');
  refuse(
    flags.file === '-',
    contexts.includes('-'),
    "Context and Dockerfile can't both come from standard input.",
  );
  refuse(
    contexts.filter((context) => context === '-').length > 1,
    true,
    'Standard input holds only one context.',
  );
  refuse(
    flags.file === '-',
    isSeveral,
    'Standard input holds one Dockerfile, but there are several contexts.',
  );
  refuse(flags.concurrency === 0, true, '--concurrency must be at least 1.');
  refuse(flags['concurrency-per-registry'] === 0, true, '--concurrency-per-registry must be at least 1.');
}

function checkImageName(name: string): void {
  try {
    parseImageReference(name);
  } catch (error) {
    if (!isKanikitError(error)) throw error;
    const { message, hint }: KanikitError = error;
    throw usageError(message.replaceAll(name, shown(name)), hint);
  }
}

function cacheOf(flags: BuildFlags): BuildRequest['cache'] {
  const { cache, 'cache-repo': repository, 'cache-copy-layers': copyLayers, 'cache-ttl': ttlMs } = flags;
  if (cache !== true) return false;
  return { repository, copyLayers, ttl: ttlMs === undefined ? undefined : `${ttlMs / 1000}s` };
}
