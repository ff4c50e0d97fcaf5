/** A request in Go that a proxy answered in place of the server. Undefined: another cause. */
export type ProxyAnswer = 'refused' | 'temporary' | undefined;

/** Reasons of a proxy that another try may find gone; some proxies say more behind them. */
const temporary =
  /^(?:Bad Gateway|Service Unavailable|Gateway Time-?out|Internal Server Error|Too Many Requests)$/i;

/** Without a colon and with a capital it is no error of Go's. */
const withCapital = /^(?!EOF$)[A-Z][\w'’ ,./()-]*$/;

/** What Go's own client ends a request with, and what docker's daemon hands on from a registry. */
const ofClients =
  /^(?:stopped after \d+ redirects|unsupported protocol scheme|no Host in request URL|failed to parse Location header|too many |invalid |missing |unsupported |net\/http|http2?\b|no basic auth credentials|unauthori[sz]ed|denied|not found|manifest unknown|authentication required|something )/i;

/**
 * Go ends a request through a tunnel with the text that a proxy sent behind the number of its status, and with nothing where the proxy sent none.
 *
 * @param clauses - parts of the cause, of which none is known as an error of a connection
 *
 * Source: `dialConn` in https://github.com/golang/go/blob/go1.25.0/src/net/http/transport.go
 */
export function readProxyAnswer(clauses: readonly string[], isSecure: boolean): ProxyAnswer {
  const [first = ''] = clauses;
  if (temporary.test(first)) return 'temporary';
  if (clauses.length > 1) return undefined;
  if (withCapital.test(first)) return 'refused';
  if (!isSecure || ofClients.test(first)) return undefined;
  // Go has no words for a status without words: nobody knows which it was.
  return first === '' || first === 'unknown status code' ? 'temporary' : 'refused';
}
