import type { Cluster, ContextSource, ContextStore, CredentialSource } from '@kanikit/spec';
import { anything, instance, maybe, method, type Schema, such, text } from '@kanikit/spec/schema';

const specVersion = such<number>(Number.isInteger, 'the number of its version of the contract, 1');

export const sourceSchema: Schema<ContextSource> = instance<ContextSource>('a context source', {
  specVersion,
  kind: text,
  accepts: method(),
  open: method(),
});

export const storeSchema: Schema<ContextStore> = instance<ContextStore>('a store', {
  specVersion,
  kind: text,
  description: text,
  check: method(),
  deliveries: method(),
  upload: method(),
  prune: maybe(method()),
});

export const credentialSourceSchema: Schema<CredentialSource> = instance<CredentialSource>(
  'false or a credential source',
  { specVersion, resolve: method(), locate: maybe(method()) },
);

export const clusterSchema: Schema<Cluster> = instance<Cluster>('a cluster', {
  specVersion,
  description: instance<Cluster['description']>('a description of the cluster', {
    kind: text,
    name: text,
    server: such((value) => typeof value === 'string', 'a string'),
    namespace: text,
  }),
  manifests: method(),
  check: method(),
  canLaunchAhead: method(),
  launch: method(),
  whenRoom: maybe(method()),
  examine: maybe(method()),
  builds: maybe(anything),
  close: method(),
});

/** Whether a value is meant as a plugin, be it a whole one or not, and not as options of a built-in part. */
export function isPlugin(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return 'specVersion' in value || ['launch', 'upload', 'deliveries'].some((name) => name in value);
}
