import { type ResolvedExecutor, contextSupport } from '@kanikit/kaniko';
import {
  type BucketDelivery,
  type BuildRequest,
  type DeliveryAbilities,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import type { Environment } from '../environment.ts';
import { shownContext } from '../planner/shown-context.ts';

/** How a context reaches the executor. */
export interface ChosenDelivery {
  /** `fetch` is by a URL that opening the context gave, the others are for archives. */
  readonly way: 'fetch' | 'stdin' | BucketDelivery;
  /** Set where the pod may be launched before the context is stored. */
  readonly ahead?: DeliveryAbilities['signedUrl'];
}

/**
 * The safest way that works, or the one the user asks for.
 *
 * @throws KanikitError `delivery-unsupported`, and what the store throws
 */
export async function chooseDelivery(
  request: BuildRequest,
  context: PreparedContext,
  executor: ResolvedExecutor,
  { store }: Pick<Environment, 'store'>,
  run: RunContext,
): Promise<ChosenDelivery> {
  if (context.kind === 'remote') return { way: 'fetch' };
  const wanted = request.contextDelivery ?? 'auto';
  const support = contextSupport(executor);
  if (wanted === 'stdin' || store === undefined) {
    if (wanted !== 'auto' && wanted !== 'stdin') throw unsupported(request, wanted, 'there is no bucket');
    if (support.kinds.includes('stdin')) return { way: 'stdin' };
    throw unsupported(request, 'stdin', `${support.executor} does not read a context from its input`);
  }
  const abilities = await store.deliveries(support, run);
  const [first] = abilities.possible;
  if (wanted === 'auto') {
    if (first !== undefined) return chosen(first, abilities);
    if (support.kinds.includes('stdin')) return { way: 'stdin' };
    throw unsupported(request, 'stdin', describe(abilities, store.description, support.executor));
  }
  if (abilities.possible.includes(wanted)) return chosen(wanted, abilities);
  throw unsupported(request, wanted, abilities.reasons[wanted] ?? `${store.description} does not offer it`);
}

function chosen(way: BucketDelivery, { signedUrl }: DeliveryAbilities): ChosenDelivery {
  return way === 'signed-url' ? { way, ahead: signedUrl } : { way };
}

function describe(abilities: DeliveryAbilities, store: string, executor: string): string {
  const reasons = Object.entries(abilities.reasons).map(([name, reason]) => `${name}: ${reason}`);
  return [`${executor} does not read its input, and not from ${store} either`, ...reasons].join('; ');
}

function unsupported(request: BuildRequest, delivery: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'delivery-unsupported',
    message: `Delivering the context "${shownContext(request.context)}" by ${delivery}: ${reason}.`,
    hint: 'Leave the delivery to kanikit (--delivery auto), name a bucket (--bucket), or take a newer executor.',
  });
}
