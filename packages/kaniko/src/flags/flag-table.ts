import type { ExecutorDistribution } from '@kanikit/spec';
import { distributions } from '../executor/catalogue.ts';

/** How the executor reads a flag's value. */
export type FlagType = 'string' | 'boolean' | 'integer' | 'duration' | 'key-value';

type Releases = Readonly<Partial<Record<ExecutorDistribution, string>>>;

/** A flag of the executor. */
export interface ExecutorFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly type: FlagType;
  /** First release that has it, by distribution. */
  readonly since: Releases;
  /** Last release that has it; absent while it exists. */
  readonly until: Releases;
  /** First release that takes it more than once; absent where the last one wins. */
  readonly repeatableSince: Releases;
  /** The only values it takes; undefined where anything goes. */
  readonly values: readonly string[] | undefined;
  /** Set on an old spelling: the name that newer releases use. */
  readonly renamedTo: string | undefined;
}

interface FlagDetails {
  readonly short?: string;
  readonly until?: string;
  /** `true` = as long as the flag exists. */
  readonly repeatable?: true | Releases;
  readonly values?: readonly string[];
  readonly renamedTo?: string;
}

/** The forks began with every flag that the original's last release has. */
const forkStart: Releases = {
  osscontainertools: distributions.osscontainertools.firstRelease,
  chainguard: distributions.chainguard.firstRelease,
};

/** Every flag of `executor`, checked against `cmd/executor/cmd/root.go` of each tagged release (google 0.1.0–1.24.0, osscontainertools to 1.28.3). */
export const executorFlags: readonly ExecutorFlag[] = [
  original('dockerfile', '0.1.0', 'string', { short: 'f' }),
  original('context', '0.1.0', 'string', { short: 'c' }),
  original('context-sub-path', '0.20.0', 'string'),
  original('bucket', '0.1.0', 'string', { short: 'b' }),
  original('destination', '0.1.0', 'string', { short: 'd', repeatable: { google: '0.2.0', ...forkStart } }),
  original('snapshot-mode', '1.9.1', 'string', { values: ['full', 'redo', 'time'] }),
  original('snapshotMode', '0.1.0', 'string', {
    values: ['full', 'redo', 'time'],
    renamedTo: 'snapshot-mode',
  }),
  original('custom-platform', '1.9.1', 'string'),
  original('customPlatform', '1.4.0', 'string', { renamedTo: 'custom-platform' }),
  original('build-arg', '0.1.0', 'string', { repeatable: true }),
  original('target', '0.3.0', 'string', { repeatable: { osscontainertools: '1.27.0' } }),
  original('label', '0.19.0', 'key-value', { repeatable: true }),
  original('cache', '0.4.0', 'boolean'),
  original('cache-repo', '0.4.0', 'string'),
  original('cache-dir', '0.5.0', 'string'),
  original('cache-ttl', '0.8.0', 'duration'),
  original('cache-copy-layers', '1.4.0', 'boolean'),
  original('cache-run-layers', '1.9.0', 'boolean'),
  original('compressed-caching', '1.7.0', 'boolean'),
  original('no-push-cache', '1.9.0', 'boolean'),
  original('no-push', '0.4.0', 'boolean'),
  original('tar-path', '1.9.1', 'string'),
  original('tarPath', '0.1.0', 'string', { renamedTo: 'tar-path' }),
  original('oci-layout-path', '0.12.0', 'string'),
  original('digest-file', '0.10.0', 'string'),
  original('image-name-with-digest-file', '0.14.0', 'string'),
  original('image-name-tag-with-digest-file', '1.4.0', 'string'),
  original('push-retry', '1.5.1', 'integer'),
  original('push-ignore-immutable-tag-errors', '1.21.0', 'boolean'),
  original('image-fs-extract-retry', '1.7.0', 'integer'),
  original('image-download-retry', '1.19.0', 'integer'),
  original('skip-push-permission-check', '1.14.0', 'boolean'),
  original('insecure', '0.4.0', 'boolean'),
  original('insecure-pull', '0.6.0', 'boolean'),
  original('insecure-registry', '0.8.0', 'string', { repeatable: true }),
  original('skip-tls-verify', '0.4.0', 'boolean'),
  original('skip-tls-verify-pull', '0.6.0', 'boolean'),
  original('skip-tls-verify-registry', '0.8.0', 'string', { repeatable: true }),
  original('registry-certificate', '0.19.0', 'key-value', { repeatable: true }),
  original('registry-client-cert', '1.10.0', 'key-value', { repeatable: true }),
  original('registry-map', '1.21.0', 'key-value', { repeatable: true }),
  original('registry-mirror', '0.18.0', 'string', { repeatable: { google: '1.4.0', ...forkStart } }),
  original('skip-default-registry-fallback', '1.13.0', 'boolean'),
  original('single-snapshot', '0.2.0', 'boolean'),
  original('reproducible', '0.2.0', 'boolean'),
  original('use-new-run', '0.24.0', 'boolean'),
  original('cleanup', '0.4.0', 'boolean'),
  original('ignore-path', '1.6.0', 'string', { repeatable: true }),
  original('ignore-var-run', '1.7.0', 'boolean'),
  original('whitelist-var-run', '0.17.0', 'boolean', { renamedTo: 'ignore-var-run' }),
  original('kaniko-dir', '1.8.1', 'string'),
  original('skip-unused-stages', '0.20.0', 'boolean'),
  original('force-build-metadata', '1.7.0', 'boolean'),
  original('compression', '1.10.0', 'string', { values: ['gzip', 'zstd'] }),
  original('compression-level', '1.10.0', 'integer'),
  original('git', '1.0.0', 'key-value', { repeatable: true }),
  original('force', '0.1.0', 'boolean'),
  original('verbosity', '0.1.0', 'string', {
    short: 'v',
    values: ['panic', 'fatal', 'error', 'warn', 'warning', 'info', 'debug', 'trace'],
  }),
  original('log-format', '0.18.0', 'string', { values: ['text', 'color', 'json'] }),
  original('log-timestamp', '0.20.0', 'boolean'),
  original('insecure-skip-tls-verify', '0.1.0', 'boolean', { until: '0.3.0' }),
  fork('annotation', { osscontainertools: '1.25.3', chainguard: '1.25.1' }, 'key-value', {
    repeatable: true,
  }),
  fork('secret', { osscontainertools: '1.26.3' }, 'key-value', { repeatable: true }),
  fork('credential-helpers', { osscontainertools: '1.25.2' }, 'string', { repeatable: true }),
  fork('pre-cleanup', { osscontainertools: '1.25.4' }, 'boolean'),
  fork('preserve-context', { osscontainertools: '1.24.0-5' }, 'boolean'),
  fork('materialize', { osscontainertools: '1.24.0-5' }, 'boolean'),
  fork('image-format', { osscontainertools: '1.28.1' }, 'string', { values: ['docker', 'oci'] }),
  fork('dryrun', { osscontainertools: '1.26.6' }, 'boolean'),
];

function original(name: string, since: string, type: FlagType, details: FlagDetails = {}): ExecutorFlag {
  const isGone = details.until !== undefined;
  return describe(name, isGone ? { google: since } : { google: since, ...forkStart }, type, details);
}

function fork(name: string, since: Releases, type: FlagType, details: FlagDetails = {}): ExecutorFlag {
  return describe(name, since, type, details);
}

function describe(name: string, since: Releases, type: FlagType, details: FlagDetails): ExecutorFlag {
  return {
    name,
    short: details.short,
    type,
    since,
    until: details.until === undefined ? {} : { google: details.until },
    repeatableSince: details.repeatable === true ? since : (details.repeatable ?? {}),
    values: details.values,
    renamedTo: details.renamedTo,
  };
}
