import type { BuildSecret } from '../build-secret.ts';
import type { BuildRequest, BuildSettings, CacheSettings, ExecutorChoice, GitSettings } from '../request.ts';
import { podSettingsSchema } from './pod-schema.ts';
import { schemaOf } from './same-type.ts';
import {
  anyText,
  choice,
  count,
  fields,
  flag,
  list,
  longestTimerMs,
  maybe,
  oneOf,
  record,
  such,
  text,
} from './shapes.ts';
import type { Schema } from './shapes.ts';

/** The client waits some time longer than a build may take. */
export const longestTimeoutMs: number = longestTimerMs - 24 * 60 * 60 * 1000;

export const executorChoiceSchema: Schema<ExecutorChoice> = schemaOf<ExecutorChoice>()(
  fields({
    distribution: maybe(choice('google', 'osscontainertools', 'chainguard')),
    version: maybe(text),
    image: maybe(text),
  }),
);

const cacheSettings = schemaOf<CacheSettings>()(
  fields({ repository: maybe(text), copyLayers: maybe(flag), ttl: maybe(text) }),
);

const gitSettings = schemaOf<GitSettings>()(
  fields({ ref: maybe(text), depth: maybe(count(1)), submodules: maybe(flag), secret: maybe(text) }),
);

const bytes = such<Uint8Array>(
  (value) => Object.prototype.toString.call(value) === '[object Uint8Array]',
  'a Uint8Array',
);

const secret = schemaOf<BuildSecret>()(
  oneOf(
    '{ id } with one of file, env, value, or secret and key',
    fields({ id: text, file: text }),
    fields({ id: text, env: text }),
    fields({ id: text, value: oneOf('a string or a Uint8Array', anyText, bytes) }),
    fields({ id: text, secret: text, key: text }),
  ),
);

const buildFields = {
  destinations: list(text),
  dockerfile: maybe(text),
  contextSubPath: maybe(text),
  contextFetch: maybe(choice('auto', 'executor', 'client')),
  contextDelivery: maybe(choice('auto', 'signed-url', 'bucket-url', 'stdin')),
  git: maybe(gitSettings),
  target: maybe(text),
  platform: maybe(text),
  buildArgs: maybe(record(maybe(anyText))),
  secrets: maybe(list(secret)),
  labels: maybe(record(anyText)),
  annotations: maybe(record(anyText)),
  push: maybe(flag),
  cache: maybe(oneOf('true, false or { repository, copyLayers, ttl }', cacheSettings, flag)),
  imageFormat: maybe(choice('docker', 'oci')),
  compression: maybe(choice('gzip', 'zstd')),
  pushRetries: maybe(count(0)),
  imageDownloadRetries: maybe(count(0)),
  insecureRegistries: maybe(list(text)),
  executor: maybe(executorChoiceSchema),
  executorArgs: maybe(list(anyText)),
  features: maybe(record(flag)),
  featureProfile: maybe(choice('buildkit', 'preview')),
  pod: maybe(podSettingsSchema),
  timeoutMs: maybe(count(1, longestTimeoutMs)),
  retries: maybe(count(0)),
};

/** What a build request is made of: the same fields as in the documented type, or it does not compile. */
export const buildRequestSchema: Schema<BuildRequest> = schemaOf<BuildRequest>()(
  fields({ context: text, name: maybe(text), ...buildFields }),
);

/** What the doctor is told of builds that it is asked about. */
export const buildSettingsSchema: Schema<BuildSettings> = schemaOf<BuildSettings>()(
  fields({ ...buildFields, destinations: maybe(buildFields.destinations) }),
);

/** A context as a build request names it. */
export const contextInputSchema: Schema<
  Pick<BuildRequest, 'context' | 'dockerfile' | 'contextSubPath' | 'git'>
> = schemaOf<Pick<BuildRequest, 'context' | 'dockerfile' | 'contextSubPath' | 'git'>>()(
  fields({ context: text, dockerfile: maybe(text), contextSubPath: maybe(text), git: maybe(gitSettings) }),
);
