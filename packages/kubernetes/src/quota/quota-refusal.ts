import { KanikitError, type KanikitErrorOptions, parseQuantity } from '@kanikit/spec';

/** What a quota said when it refused an object. */
export interface QuotaRefusal {
  readonly quota: string;
  /** Amounts by the names of the quota's `hard`, only of what it lacks. */
  readonly requested: ReadonlyMap<string, string>;
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
  const found = /exceeded quota: ([\w.-]+), requested: (.+?), used: .+?, limited: (.+?)(?:$|\n)/.exec(
    message,
  );
  if (found === null) return undefined;
  const [, quota = '', requested = '', limited = ''] = found;
  return { quota, requested: amountsOf(requested), limited: amountsOf(limited) };
}

/** Gives an error of a quota what waiting for room needs, and tells the one that no waiting helps. */
export function withQuota(error: KanikitError, words: string, namespace: string): KanikitError {
  const refusal = error.code === 'quota-exceeded' ? parseQuotaRefusal(words) : undefined;
  if (refusal === undefined) return error;
  const { code, message, hint, cause } = error;
  const tooMuch = [...refusal.requested].filter(([name, amount]) =>
    isMore(amount, refusal.limited.get(name)),
  );
  if (tooMuch.length === 0)
    return new QuotaError({ code, message, hint, retryable: true, cause }, namespace, refusal);
  const amounts = tooMuch.map(([name, amount]) => `${amount} ${name} of ${refusal.limited.get(name)}`);
  return new QuotaError(
    {
      code,
      message: `${message} It would never fit: it asks for ${amounts.join(', ')} there may be in all.`,
      hint: `Ask for less (--cpu, --memory, --ephemeral-storage), or have the quota ${refusal.quota} raised.`,
      retryable: false,
      cause,
    },
    namespace,
    refusal,
  );
}

function isMore(amount: string, limit: string | undefined): boolean {
  return (parseQuantity(amount) ?? 0) > (parseQuantity(limit) ?? Number.POSITIVE_INFINITY);
}

function amountsOf(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(',').map((pair) => pair.split('=') as [string, string]));
}
