import { type ResolvedExecutor, contextSupport } from '@kanikit/kaniko';
import {
  type BucketDelivery,
  type BuildRequest,
  type DeliveryAbilities,
  type ExecutorContextSupport,
  KanikitError,
  type PreparedContext,
  type RunContext,
} from '@kanikit/spec';
import type { ChosenDelivery } from '../model/chosen-delivery.ts';
import type { Environment } from '../model/environment.ts';
import { shownContext } from '../planner/shown-context.ts';

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
    // Whoever names a bucket counts on it: contexts are kept there, and pods may not be reachable for a stream.
    throw unusable(request, store.description, abilities, support);
  }
  if (abilities.possible.includes(wanted)) return chosen(wanted, abilities);
  throw unsupported(request, wanted, abilities.reasons[wanted] ?? `${store.description} does not offer it`);
}

function chosen(way: BucketDelivery, { signedUrl }: DeliveryAbilities): ChosenDelivery {
  return way === 'signed-url' ? { way, ahead: signedUrl } : { way };
}

function unusable(
  request: BuildRequest,
  store: string,
  { reasons }: DeliveryAbilities,
  { executor, kinds }: ExecutorContextSupport,
): KanikitError {
  const why = Object.entries(reasons).map(([way, reason]) => `by ${way}: ${reason}`);
  const stream = kinds.includes('stdin') ? ', or have contexts streamed (delivery stdin)' : '';
  return new KanikitError({
    code: 'delivery-unsupported',
    message: `Delivering the context "${shownContext(request.context)}" through ${store}: ${executor} can not read from there; ${why.join('; ')}.`,
    hint: `Give what the reasons ask for (credentials that can sign, or access of the pod's own)${stream}.`,
  });
}

function unsupported(request: BuildRequest, delivery: string, reason: string): KanikitError {
  return new KanikitError({
    code: 'delivery-unsupported',
    message: `Delivering the context "${shownContext(request.context)}" by ${delivery}: ${reason}.`,
    hint: 'Leave the delivery to kanikit (`contextDelivery: auto`), name a bucket (`store`), or take a newer executor.',
  });
}
