import type { ContextDelivery, ContextStore, RunContext } from '@kanikit/spec';
import { removeQuietly } from './clean-up.ts';
import { explainClock } from './explain-clock.ts';
import type { ObjectStore } from './object-store.ts';
import { createPartClaims } from './part-claims.ts';
import { pruneObjects } from './prune-objects.ts';
import type { StoreKind } from './store-kind.ts';
import { translateErrors } from './translate-errors.ts';
import { uploadArchive } from './upload-archive.ts';

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
