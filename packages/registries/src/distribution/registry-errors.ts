import { KanikitError } from '@kanikit/spec';
import { explainTls } from '@kanikit/toolkit/tls-errors';

const tlsAdvice = { trust: 'NODE_EXTRA_CA_CERTS names a file of certificates that this machine trusts.' };

/** A registry that gives no answer, as seen from this machine. */
export function registryUnreachable(registry: string, cause: unknown): KanikitError {
  const tls = explainTls(cause, tlsAdvice);
  return new KanikitError({
    code: 'registry-unreachable',
    message: `Asking the registry ${registry}: ${tls?.reason ?? reasonOf(cause)}.`,
    hint: `${tls?.hint ?? 'Check its name, the network and the proxy of this machine.'} Pods may reach it all the same.`,
    retryable: tls?.isTemporary ?? true,
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) return inner.errors[0].message;
  return inner instanceof Error ? inner.message : String(inner);
}
