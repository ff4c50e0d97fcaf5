import { KanikitError } from '@kanikit/spec';
import { formatPlatform, parsePlatform } from '../platform/parse-platform.ts';
import type { ExecutorOptions } from './executor-options.ts';
import type { FlagValue } from './flag-value.ts';

/** The options as flags with values, in the order they are rendered: what is built first, how it is told last. */
export function optionValues(options: ExecutorOptions): FlagValue[] {
  const cache = typeof options.cache === 'object' ? options.cache : undefined;
  const isCached = options.cache !== undefined && options.cache !== false;
  return [
    ...single('dockerfile', options.dockerfile),
    ...single('context', contextOf(options)),
    ...single('context-sub-path', options.contextSubPath),
    ...pairs('git', options.git),
    ...each('destination', options.destinations),
    ...toggle('no-push', options.noPush),
    ...single('target', options.target),
    ...single('custom-platform', platformOf(options.platform)),
    ...pairs('build-arg', options.buildArgs),
    ...pairs('label', options.labels),
    ...pairs('annotation', options.annotations),
    ...single('image-format', options.imageFormat),
    ...single('compression', options.compression),
    ...count('push-retry', options.pushRetries),
    ...count('image-download-retry', options.imageDownloadRetries),
    ...each(
      'secret',
      (options.secrets ?? []).map(({ id, path }) => `id=${id},src=${path}`),
    ),
    ...toggle('cache', isCached),
    ...single('cache-repo', cache?.repository),
    ...toggle('cache-copy-layers', cache?.copyLayers),
    ...single('cache-ttl', cache?.ttl),
    ...each('insecure-registry', options.insecureRegistries ?? []),
    ...each('ignore-path', options.ignoredPaths ?? []),
    ...single('snapshot-mode', options.snapshotMode),
    ...single('tar-path', options.tarPath),
    ...single('digest-file', options.digestFile),
    ...single('image-name-with-digest-file', options.imageNameWithDigestFile),
    ...single('image-name-tag-with-digest-file', options.imageNameTagWithDigestFile),
    ...single('verbosity', options.verbosity),
    ...single('log-format', options.logFormat),
    ...toggle('log-timestamp', options.logTimestamp),
    ...toggle('force', options.force),
  ];
}

/** A bare path silently ignores the sub path; the same path as `dir://` does not. */
function contextOf({ context, contextSubPath }: ExecutorOptions): string {
  return contextSubPath !== undefined && context.startsWith('/') ? `dir://${context}` : context;
}

function platformOf(platform: string | undefined): string | undefined {
  return platform === undefined ? undefined : formatPlatform(parsePlatform(platform));
}

function single(name: string, value: string | undefined): FlagValue[] {
  return value === undefined ? [] : [{ name, value }];
}

function count(name: string, value: number | undefined): FlagValue[] {
  if (value === undefined) return [];
  if (Number.isSafeInteger(value) && value >= 0) return [{ name, value: String(value) }];
  throw new KanikitError({
    code: 'flag-value-invalid',
    message: `Rendering the executor's arguments: --${name} does not take "${value}".`,
    hint: 'It takes a whole number from 0 on.',
  });
}

function each(name: string, values: readonly string[]): FlagValue[] {
  return values.map((value) => ({ name, value }));
}

/** False is left out: it is the default of every flag rendered here. */
function toggle(name: string, isOn: boolean | undefined): FlagValue[] {
  return isOn === true ? [{ name, value: 'true' }] : [];
}

function pairs(name: string, record: Readonly<Record<string, string | undefined>> | undefined): FlagValue[] {
  return Object.entries(record ?? {}).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (key !== '' && !key.includes('=')) return [{ name, value: `${key}=${value}` }];
    throw new KanikitError({
      code: 'flag-value-invalid',
      message: `Rendering the executor's arguments: "${key}" can't be the name of a --${name}.`,
      hint: 'A name is not empty and has no equals sign.',
    });
  });
}
