import type { ContextStore, DeliveryAbilities, PreparedContext, RegistryCredential } from '@kanikit/spec';
import {
  anything,
  checkInput,
  choice,
  chosen,
  instance,
  list,
  maybe,
  method,
  type Schema,
  text,
} from '@kanikit/spec/schema';

export type PluginKind = 'source' | 'store' | 'credentials' | 'cluster';

type StoredContext = Awaited<ReturnType<ContextStore['upload']>>;

const archive = instance<Pick<PreparedContext, 'kind' | 'warnings'> & { readonly pack: unknown }>(
  'a context',
  { kind: choice('archive'), warnings: list(anything), pack: method() },
);
const remote = instance<Pick<PreparedContext, 'kind' | 'warnings'> & { readonly delivery: unknown }>(
  'a context',
  { kind: choice('archive', 'remote'), warnings: list(anything), delivery: instance('a delivery', {}) },
);
const context = chosen<unknown>((value) => (kindOf(value) === 'archive' ? archive : remote));

const abilities = instance<Pick<DeliveryAbilities, 'possible' | 'reasons'>>('what the store can do', {
  possible: list(choice('signed-url', 'bucket-url')),
  reasons: instance('an object', {}),
});

const stored = instance<Pick<StoredContext, 'location' | 'digest' | 'delivery' | 'remove'>>(
  'what was stored',
  { location: text, digest: text, delivery: instance('a delivery', {}), remove: method() },
);

const credential = instance<Pick<RegistryCredential, 'kind'>>('a credential, or undefined for none', {
  kind: choice('password', 'identity-token', 'registry-token'),
});

/** What the calls of a plugin must answer, as far as it is used before anything is built. */
const answers: Readonly<Record<PluginKind, Readonly<Record<string, Schema<unknown>>>>> = {
  source: { open: context },
  store: { deliveries: abilities, upload: stored, prune: list(anything) },
  credentials: { resolve: maybe(credential) },
  cluster: {},
};

/** @throws KanikitError `plugin-failed` that names what is wrong of an answer */
export function checkAnswer(kind: PluginKind, member: string, answer: unknown, asked: string): void {
  const schemas = answers[kind];
  const schema = Object.hasOwn(schemas, member) ? schemas[member] : undefined;
  if (schema === undefined) return;
  checkInput(schema, answer, {
    code: 'plugin-failed',
    what: `what the ${asked} answered`,
    hint: 'The plugin does not keep the contract: see its type in @kanikit/spec.',
  });
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}
