import { KanikitError, type KanikitErrorOptions, parseQuantity } from '@kanikit/spec';
import { exceededQuota } from './exceeded-quota.ts';

/** What a quota said when it refused an object. */
export interface QuotaRefusal {
  readonly quota: string;
  /** Amounts by the names of the quota's `hard`, only of what it lacks. */
  readonly requested: ReadonlyMap<string, string>;
  readonly used: ReadonlyMap<string, string>;
  readonly limited: ReadonlyMap<string, string>;
}

/** A refusal by a quota; remembers what would have to be free. */
export class QuotaError extends KanikitError {
  readonly namespace: string;
  readonly refusal: QuotaRefusal;

  constructor(options: KanikitErrorOptions, namespace: string, refusal: QuotaRefusal) {
    super(options);
    this.namespace = namespace;
    this.refusal = refusal;
  }
}

/** Reads a refusal in the words of Kubernetes; undefined for other words. */
function parseQuotaRefusal(message: string): QuotaRefusal | undefined {
  const found = exceededQuota.exec(message);
  if (found === null) return undefined;
  const [, quota = '', requested = '', used = '', limited = ''] = found;
  return {
    quota,
    requested: amountsOf(requested),
    used: amountsOf(used),
    limited: amountsOf(limited),
  };
}

/** Gives an error of a quota what waiting for room needs, and tells the one that no waiting helps. */
export function withQuota(error: KanikitError, words: string, namespace: string): KanikitError {
  const refusal = error.code === 'quota-exceeded' ? parseQuotaRefusal(words) : undefined;
  if (refusal === undefined) return error;
  const { quota, requested, used, limited } = refusal;
  const { code, hint, cause } = error;
  const quotaErrorOf = (message: string, advice: string | undefined, retryable: boolean): QuotaError =>
    new QuotaError({ code, message, hint: advice, retryable, cause }, namespace, refusal);
  const tooMuch = [...requested].filter(([name, amount]) => isMore(amount, limited.get(name)));
  if (tooMuch.length > 0) {
    const amounts = tooMuch.map(
      ([name, amount]) => `${amount} ${name}, and the quota ends at ${limited.get(name)}`,
    );
    return quotaErrorOf(
      `The pod would never fit into the quota ${quota} of namespace ${namespace}: it asks for ${amounts.join('; ')}.`,
      `Ask for less (\`pod.limits.cpu\`, \`pod.limits.memory\`, \`pod.limits.ephemeralStorage\`), or have the quota ${quota} raised.`,
      false,
    );
  }
  const amounts = [...requested].map(
    ([name, amount]) => `${name} ${used.get(name)} of ${limited.get(name)} used, ${amount} more is asked for`,
  );
  // Told for as long as the build waits, so it is short: the server's own words are in the cause.
  return quotaErrorOf(
    `The quota ${quota} of namespace ${namespace} has no room: ${amounts.join('; ')}.`,
    hint,
    true,
  );
}

function isMore(amount: string, limit: string | undefined): boolean {
  return (parseQuantity(amount) ?? 0) > (parseQuantity(limit) ?? Number.POSITIVE_INFINITY);
}

function amountsOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(',').map((pair) => pair.split('=') as [string, string]));
}
