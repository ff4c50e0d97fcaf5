const unreachableCodes =
  /^(?:E(?:CONNREFUSED|CONNRESET|CONNABORTED|NOTFOUND|AI_AGAIN|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|ADDRNOTAVAIL|TIMEDOUT|PIPE)|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT))$/;

/** The system's code for a connection that did not come about or broke, wherever in the chain of causes it is; undefined for all others. */
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
