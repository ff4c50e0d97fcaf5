import type { ContextDelivery, RunContext } from '@kanikit/spec';
import { lifetimeMarginMs } from './upload-group.ts';

/** A delivery that may expire, and how to have it anew. */
export interface ExpiringDelivery {
  readonly delivery: ContextDelivery;
  readonly renew?: ((run: RunContext) => Promise<ContextDelivery>) | undefined;
  /** When it was made, by the clock that is given. */
  readonly madeAtMs: number;
}

/** The delivery, anew where it has used up its margin: builds wait in line, for quotas and between attempts, and the URL must outlive the build. */
export function createFreshDelivery(
  first: ExpiringDelivery,
  steadyNow: () => number,
): (run: RunContext) => Promise<ContextDelivery> {
  let { delivery, madeAtMs } = first;
  return async (run) => {
    if (first.renew === undefined || steadyNow() - madeAtMs < lifetimeMarginMs) return delivery;
    const askedAtMs = steadyNow();
    delivery = await first.renew(run);
    madeAtMs = askedAtMs;
    return delivery;
  };
}
