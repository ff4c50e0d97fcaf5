import type { BucketDelivery, ContextDelivery, ContextStore, RunContext, ServerClock } from '@kanikit/spec';
import type { ObjectStore } from './object-store.ts';

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
