import type { BucketDelivery, ContextDelivery, ContextStore, RunContext, ServerClock } from '@kanikit/spec';
import { removeQuietly } from './clean-up.ts';
import { explainClock } from './explain-clock.ts';
import type { ObjectStore } from './object-store.ts';
import { createPartClaims } from './part-claims.ts';
import { pruneObjects } from './prune-objects.ts';
import { translateErrors } from './translate-errors.ts';
import { uploadArchive } from './upload-archive.ts';

/** What differs between kinds of buckets; how archives get into them is the same for all (`docs/decisions/0031-uploads.md`). */
export interface StoreKind {
  /** `s3`, `gcs`, `azure-blob`, … */
  readonly kind: string;
  /** For people, without credentials: `s3://bucket/prefix at https://host`. */
  readonly description: string;
  /** What all keys begin with, without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** What answers tell of the server's clock, by which the ages of objects are judged. @default both clocks count as equal */
  readonly clock?: ServerClock | undefined;
  /** Loads the SDK and makes a client. Called once, when the bucket is first used. */
  readonly objects: () => Promise<ObjectStore>;
  readonly check: ContextStore['check'];
  readonly deliveries: ContextStore['deliveries'];
  /** An error of the SDK, met while the bucket is checked or asked for a delivery, as one of ours. @default as it is */
  readonly toError?: ((error: unknown, action: string, signal: AbortSignal) => unknown) | undefined;
  /** How the executor gets an object that is in the bucket now. */
  readonly deliver: (
    key: string,
    lifetimeMs: number,
    delivery: BucketDelivery,
    run: RunContext,
  ) => Promise<ContextDelivery>;
}

/** A store of contexts on top of a kind of bucket: small archives in one request, others in parts that are named by content. */
export function createContextStore(kind: StoreKind): ContextStore {
  const claims = createPartClaims();
  let loading: Promise<ObjectStore> | undefined;
  const { toError = (error: unknown) => error } = kind;
  const offsetMs = (): number => kind.clock?.offsetMs() ?? 0;
  const explained = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      throw explainClock(error, offsetMs());
    }
  };
  /** The run, by the server's clock: one of this machine that is fast must not end what others use. */
  const atServer = (run: RunContext): RunContext => ({ ...run, now: () => run.now() + offsetMs() });
  const within = async <Value>(
    action: string,
    { signal }: RunContext,
    work: () => Promise<Value>,
  ): Promise<Value> =>
    await explained(() => translateErrors(signal, work, (error) => toError(error, action, signal)));
  return {
    specVersion: 1,
    kind: kind.kind,
    description: kind.description,
    check: async (run) => await within('checking', run, async () => await kind.check(run)),
    deliveries: async (executor, run) =>
      await within('looking for deliveries from', run, async () => await kind.deliveries(executor, run)),
    prune: (options, run) =>
      explained(async () => pruneObjects(await (loading ??= kind.objects()), kind, options, atServer(run))),
    async upload(archive, options, run) {
      run.signal.throwIfAborted();
      const objects = await (loading ??= kind.objects());
      const { key, summary, sentBytes, isKept } = await explained(() =>
        uploadArchive(archive, { objects, claims, prefix: kind.prefix }, options, atServer(run)),
      );
      const deliver = async (asker: RunContext): Promise<ContextDelivery> =>
        await within(
          'delivering the context from',
          asker,
          async () => await kind.deliver(key, options.lifetimeMs, options.delivery, asker),
        );
      try {
        return {
          location: objects.describe(key),
          digest: summary.digest,
          sizeBytes: summary.sizeBytes,
          sentBytes,
          dockerfiles: summary.dockerfiles,
          delivery: await deliver(run),
          renew: deliver,
          isKept,
          remove: async ({ signal }) => {
            if (!isKept) await objects.remove([key], signal);
          },
        };
      } catch (error) {
        if (!isKept) await removeQuietly(objects, [key]);
        throw error;
      }
    },
  };
}
