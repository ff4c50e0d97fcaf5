const unreachableCodes =
  /^(?:E(?:CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE)|ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** Node's code for a failure below http, wherever in the chain of causes it is; undefined for all others. */
export function unreachableCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code, errors } = at as { readonly code?: unknown; readonly errors?: unknown };
    // A name with several addresses fails with one error for each.
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    for (const candidate of [code, first instanceof Error ? (first as { code?: unknown }).code : undefined]) {
      if (typeof candidate === 'string' && unreachableCodes.test(candidate)) return candidate;
    }
  }
  return undefined;
}
