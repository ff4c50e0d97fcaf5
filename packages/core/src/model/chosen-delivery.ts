import type { BucketDelivery, DeliveryAbilities } from '@kanikit/spec';

/** How a context reaches the executor. */
export interface ChosenDelivery {
  /** `fetch` is by a URL that opening the context gave, the others are for archives. */
  readonly way: 'fetch' | 'stdin' | BucketDelivery;
  /** Set where the pod may be launched before the context is stored. */
  readonly ahead?: DeliveryAbilities['signedUrl'];
}
