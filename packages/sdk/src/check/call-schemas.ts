import type { ArchiveContext, PackProgress, UploadProgress } from '@kanikit/spec';
import {
  abortSignal,
  buildSettingsSchema,
  callback,
  choice,
  count,
  fields,
  flag,
  instance,
  list,
  longestTimerMs,
  maybe,
  method,
  oneOf,
  type Schema,
  schemaOf,
  such,
  text,
} from '@kanikit/spec/schema';
import type { ContextCallOptions, PushOptions } from '../calls/contexts.ts';
import type { DiagnoseOptions } from '../calls/diagnose.ts';
import type { AttachOptions, BuildsOptions, LogsOptions } from '../calls/found-builds.ts';
import type { StartOptions } from '../calls/kanikit.ts';
import type { CancelOptions } from '../calls/kanikit-run.ts';
import type { PrunedItem, PruneRunOptions } from '../calls/prune.ts';

export const startOptionsSchema: Schema<StartOptions> = schemaOf<StartOptions>()(
  fields({ signal: maybe(abortSignal), failFast: maybe(flag), isDetached: maybe(flag) }),
);

export const cancelOptionsSchema: Schema<CancelOptions> = schemaOf<CancelOptions>()(
  fields({ build: maybe(text), reason: maybe(text) }),
);

const buildsFields = { namespace: maybe(text), isEverywhere: maybe(flag), signal: maybe(abortSignal) };

export const buildsOptionsSchema: Schema<BuildsOptions> = schemaOf<BuildsOptions>()(fields(buildsFields));

export const attachOptionsSchema: Schema<AttachOptions> = schemaOf<AttachOptions>()(
  fields({ ...buildsFields, logFolder: maybe(text) }),
);

export const logsOptionsSchema: Schema<LogsOptions> = schemaOf<LogsOptions>()(
  fields({ ...buildsFields, isFollowed: maybe(flag), sinceMs: maybe(count(0)) }),
);

export const pruneOptionsSchema: Schema<PruneRunOptions> = schemaOf<PruneRunOptions>()(
  fields({
    ...buildsFields,
    isDryRun: maybe(flag),
    olderThanMs: maybe(count(0)),
    isAllEnded: maybe(flag),
    now: maybe(such<() => number>((value) => typeof value === 'function', 'a function')),
    onRemoved: maybe(callback<PrunedItem>()),
  }),
);

export const namesSchema: Schema<string | readonly string[]> = oneOf(
  'a name or a list of names',
  list(text),
  text,
);

export const nameSchema: Schema<string> = text;

export const contextCallSchema: Schema<ContextCallOptions> = schemaOf<ContextCallOptions>()(
  fields({ signal: maybe(abortSignal) }),
);

export const pushOptionsSchema: Schema<PushOptions> = schemaOf<PushOptions>()(
  fields({
    signal: maybe(abortSignal),
    keepMs: maybe(count(1)),
    onPack: maybe(callback<PackProgress>()),
    onUpload: maybe(callback<UploadProgress>()),
  }),
);

export const keepMsSchema: Schema<number> = count(1);

/** A context that `open` gave. */
export const openedContextSchema: Schema<Pick<ArchiveContext, 'kind' | 'pack'>> = instance<
  Pick<ArchiveContext, 'kind' | 'pack'>
>('a context that open() gave', { kind: choice('archive'), pack: method() });

export const diagnoseOptionsSchema: Schema<DiagnoseOptions> = schemaOf<DiagnoseOptions>()(
  fields({
    settings: maybe(buildSettingsSchema),
    isDeep: maybe(flag),
    timeoutMs: maybe(count(1, longestTimerMs)),
    signal: maybe(abortSignal),
  }),
);
