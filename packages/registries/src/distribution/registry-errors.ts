import { KanikitError } from '@kanikit/spec';

/** A registry that gives no answer, as seen from this machine. */
export function registryUnreachable(registry: string, cause: unknown): KanikitError {
  return new KanikitError({
    code: 'registry-unreachable',
    message: `Asking the registry ${registry}: ${reasonOf(cause)}.`,
    hint: 'Check its name, the network and the proxy of this machine; NODE_EXTRA_CA_CERTS names certificates to trust. Pods may reach it all the same.',
    retryable: true,
    cause,
  });
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) return inner.errors[0].message;
  return inner instanceof Error ? inner.message : String(inner);
}
