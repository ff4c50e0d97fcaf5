import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { type ArchiveContext, type ContextSource, KanikitError, type RunContext } from '@kanikit/spec';
import { userFolder } from '@kanikit/toolkit/folders';
import { accessOf, builtInSources, isBucketOptions } from './built-in-sources.ts';
import type { ContextInput, Contexts } from './calls/contexts.ts';
import { connectStore } from './connect-store.ts';
import type { ContextsOptions } from './options.ts';
import { stoppable } from './stoppable.ts';

const defaultKeepMs = 7 * 24 * 60 * 60 * 1000;
/** Nobody reads a pushed object by a signed URL. */
const shortLifetimeMs = 60_000;

/**
 * @example
 * const contexts = await createContexts({ store: { kind: 's3', bucket: 'builds' } });
 * const context = await contexts.open({ context: './app' });
 * const { digest, sentBytes } = await contexts.push(context);
 */
export async function createContexts(options: ContextsOptions = {}): Promise<Contexts> {
  const checks = await import('./check/checks.ts');
  checks.checkContextsOptions(options);
  const store = await connectStore(options.store);
  const sources = await sourcesOf(options);
  const indexFolder = indexFolderOf(options);
  return {
    storeDescription: store?.description,
    open: async (input, callOptions = {}) => {
      checks.checkContextInput(input);
      const { signal } = checks.checkCall(checks.contextCallSchema, callOptions, 'open()');
      return await stoppable(
        'Opening the context',
        signal,
        async () => await open(sources, input, options, runOf(signal)),
      );
    },
    push: async (context, pushOptions = {}) => {
      checks.checkArgument(checks.openedContextSchema, context, 'the context to push');
      const { signal, keepMs, onPack, onUpload } = checks.checkCall(
        checks.pushOptionsSchema,
        pushOptions,
        'push()',
      );
      if (store === undefined) throw bucketNeeded();
      const run = runOf(signal);
      return await stoppable('Putting the context into the bucket', signal, async () => {
        await store.check(run);
        return await store.upload(
          context.pack({ onProgress: onPack, indexFolder }, run),
          {
            runId: `push-${randomBytes(6).toString('hex')}`,
            buildIds: [],
            delivery: 'bucket-url',
            lifetimeMs: shortLifetimeMs,
            keepMs: keepMs ?? options.keepContextMs ?? defaultKeepMs,
            onProgress: onUpload,
          },
          run,
        );
      });
    },
    lifecycleRule: async (keepMs) => {
      checks.checkArgument(checks.keepMsSchema, keepMs, 'the time that contexts are kept for');
      return await lifecycleRuleOf(options.store, keepMs);
    },
  };
}

/** The user's sources, then the built-in ones. */
export async function sourcesOf(options: ContextsOptions): Promise<readonly ContextSource[]> {
  const builtIn = builtInSources(accessOf(options.access, options.store));
  if (options.sources === undefined || options.sources.length === 0) return builtIn;
  const { supportedPlugin } = await import('./plugin/supported-plugin.ts');
  const own = options.sources.map((source) => supportedPlugin(source, 'source', `source ${source.kind}`));
  return [...own, ...builtIn];
}

/** Where indexes of packed trees are kept. */
export function indexFolderOf({ indexFolder, env = process.env }: ContextsOptions): string | undefined {
  if (indexFolder !== undefined) return indexFolder === false ? undefined : indexFolder;
  return join(userFolder('cache', env), 'kanikit', 'contexts');
}

async function open(
  sources: readonly ContextSource[],
  { context, dockerfile, contextSubPath, git }: ContextInput,
  options: ContextsOptions,
  run: RunContext,
): Promise<ArchiveContext> {
  const source = sources.find((candidate) => candidate.accepts(context));
  if (source === undefined) throw unknown(context);
  const opened = await source.open(
    {
      reference: context,
      dockerfile,
      contextSubPath,
      git,
      workingDirectory: options.workingDirectory ?? process.cwd(),
      readStdin: () => options.stdin ?? process.stdin,
      fetch: 'client',
      env: options.env ?? process.env,
    },
    run,
  );
  if (opened.kind === 'archive') return opened;
  await opened.close?.();
  throw new KanikitError({
    code: 'context-unknown',
    message: `Opening the context "${context}": it lies where only the executor can read it.`,
    hint: 'Name something that this machine can read: a directory, a tar file, Git, a bucket or an https address.',
  });
}

async function lifecycleRuleOf(store: ContextsOptions['store'], keepMs: number): Promise<string> {
  if (!isBucketOptions(store)) throw bucketNeeded();
  switch (store.kind) {
    case 's3':
      return (await import('@kanikit/contexts/s3')).s3LifecycleRule(store, keepMs);
    case 'gcs':
      return (await import('@kanikit/contexts/gcs')).gcsLifecycleRule(store, keepMs);
    case 'azure-blob':
      return (await import('@kanikit/contexts/azure-blob')).azureBlobLifecycleRule(store, keepMs);
    default:
      return store satisfies never;
  }
}

function runOf(signal: AbortSignal = new AbortController().signal): RunContext {
  return { signal, now: Date.now };
}

function unknown(context: string): KanikitError {
  return new KanikitError({
    code: 'context-unknown',
    message: `Opening the context "${context}": none of the context sources takes it.`,
    hint: 'Name a directory, a tar file, or a URL such as git://host/path, s3://bucket/key, https://host/context.tar.gz.',
  });
}

function bucketNeeded(): KanikitError {
  return new KanikitError({
    code: 'bucket-needed',
    message: 'Putting a context into a bucket: no bucket is named.',
    hint: 'Name one with `store` (s3://BUCKET, gs://BUCKET or az://ACCOUNT/CONTAINER).',
  });
}
