import type {
  ArchivePart,
  ArchiveSummary,
  ContextDelivery,
  ContextEntry,
  ContextWarning,
  DeliveryAbilities,
  FoundCredential,
  LeftContext,
  PackedArchive,
  PreparedContext,
  RegistryCredential,
  RemoteContext,
  StoredContext,
} from '@kanikit/spec';
import {
  anyText,
  choice,
  chosen,
  count,
  flag,
  list,
  maybe,
  method,
  openRecord,
  type Schema,
  text,
} from '@kanikit/spec/schema';
import { bytes, having, items, memberOf, promised } from './having.ts';

const texts = list(text);

const warnings = list(
  having<ContextWarning>('a warning', { code: text, message: text, hint: maybe(anyText) }),
);

const delivery = having<ContextDelivery>('a delivery', {
  context: text,
  isSecret: flag,
  args: list(anyText),
  env: openRecord(anyText),
  secretEnv: openRecord(anyText),
  certificateAuthorities: maybe(anyText),
});

const archiveContext = having<PreparedContext & { readonly pack: unknown }>('a context', {
  kind: choice('archive'),
  dockerfileText: maybe(anyText),
  warnings,
  pack: method(),
  close: maybe(method()),
});
const remoteContext = having<RemoteContext>('a context', {
  kind: choice('archive', 'remote'),
  dockerfileText: maybe(anyText),
  dockerfile: text,
  dockerfileContents: maybe(bytes),
  warnings,
  delivery,
  renew: maybe(method()),
  close: maybe(method()),
});

const summary = having<ArchiveSummary>('the summary of an archive', {
  digest: text,
  sizeBytes: count(0),
  dockerfiles: texts,
  warnings: maybe(warnings),
});

const password = having<Extract<RegistryCredential, { kind: 'password' }>>('a credential', {
  username: anyText,
  password: anyText,
});
const token = having<Extract<RegistryCredential, { kind: 'identity-token' }>>(
  'a credential, or undefined for none',
  {
    kind: choice('password', 'identity-token', 'registry-token'),
    token: text,
  },
);
const credential = chosen<unknown>((value) => (memberOf(value, 'kind') === 'password' ? password : token));

/** What sources, stores and credential sources may answer, as far as it is used without a look. */
export const contextAnswers: Readonly<
  Record<
    | 'bytes'
    | 'flag'
    | 'delivery'
    | 'context'
    | 'packed'
    | 'summary'
    | 'maybeSummary'
    | 'texts'
    | 'archivePart'
    | 'entry'
    | 'abilities'
    | 'stored'
    | 'leftContexts'
    | 'credential'
    | 'foundCredential',
    Schema<unknown>
  >
> = {
  bytes,
  flag,
  delivery,
  context: chosen<unknown>((value) =>
    memberOf(value, 'kind') === 'archive' ? archiveContext : remoteContext,
  ),
  packed: having<PackedArchive>('an archive', {
    known: method(),
    dockerfiles: promised,
    parts: items,
    summary: promised,
  }),
  summary,
  maybeSummary: maybe(summary),
  texts,
  archivePart: having<ArchivePart>('a part of the archive', {
    digest: text,
    sizeBytes: count(0),
    read: method(),
  }),
  entry: having<ContextEntry>('an entry of the context', {
    path: text,
    type: choice('file', 'directory', 'symlink', 'hardlink'),
    sizeBytes: count(0),
  }),
  abilities: having<DeliveryAbilities>('what the store can do', {
    possible: list(choice('signed-url', 'bucket-url')),
    reasons: openRecord(maybe(anyText)),
  }),
  stored: having<StoredContext>('what was stored', {
    location: text,
    digest: text,
    sizeBytes: count(0),
    sentBytes: count(0),
    dockerfiles: texts,
    delivery,
    renew: maybe(method()),
    isKept: flag,
    remove: method(),
  }),
  leftContexts: list(having<LeftContext>('what was left', { location: text, reason: anyText })),
  credential: maybe(credential),
  foundCredential: maybe(
    having<FoundCredential>('a credential and its origin, or undefined', { credential, origin: text }),
  ),
};
