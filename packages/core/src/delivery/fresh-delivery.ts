import type { ContextDelivery, RunContext } from '@kanikit/spec';
import { lifetimeMarginMs } from './upload-group.ts';

/** A delivery that may expire, and how to have it anew. */
export interface ExpiringDelivery {
  readonly delivery: ContextDelivery;
  readonly renew?: ((run: RunContext) => Promise<ContextDelivery>) | undefined;
  /** When it was made, milliseconds since the epoch. */
  readonly madeAtMs: number;
}

/** The delivery, anew where it has used up its margin: builds wait in line, for quotas and between attempts, and the URL must outlive the build. */
export function createFreshDelivery(first: ExpiringDelivery): (run: RunContext) => Promise<ContextDelivery> {
  let { delivery, madeAtMs } = first;
  return async (run) => {
    if (first.renew === undefined || run.now() - madeAtMs < lifetimeMarginMs) return delivery;
    const askedAtMs = run.now();
    delivery = await first.renew(run);
    madeAtMs = askedAtMs;
    return delivery;
  };
}
