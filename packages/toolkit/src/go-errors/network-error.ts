import { type CertificateTrouble, readCertificateTrouble } from './certificate-trouble.ts';
import { readProxyAnswer } from './proxy-answer.ts';

/** What went wrong on the way to a server, as programs in Go tell it. */
export type NetworkError =
  /** `unreachable`: no connection came about; `interrupted`: it broke; `tls`: both sides can not agree on TLS; `not-tls`: the server speaks plain http. */
  | { readonly trouble: 'unreachable' | 'dns' | 'timeout' | 'interrupted' | 'tls' | 'not-tls' }
  | { readonly trouble: 'certificate'; readonly certificate: CertificateTrouble }
  /** A proxy that refuses, or can not be reached (`isTemporary`). */
  | { readonly trouble: 'proxy'; readonly isTemporary: boolean };

type Simple = 'unreachable' | 'dns' | 'timeout' | 'interrupted' | 'tls' | 'not-tls';

/**
 * One part of Go's `a: b: c` by its whole text: names, which can hold any word, are never a whole part.
 *
 * Sources, in https://github.com/golang/go/tree/go1.25.0/src: net/net.go, net/dnsclient.go, syscall/zerrors_linux_amd64.go, net/http/transport.go,
 * net/http/h2_bundle.go, net/http/internal/chunked.go, crypto/tls/alert.go, crypto/tls/conn.go, io/io.go, context/context.go.
 */
const parts: readonly (readonly [Simple, RegExp])[] = [
  ['not-tls', /^server gave HTTP response to HTTPS client$/],
  [
    'dns',
    /^(?:no such host|server misbehaving|lame referral|invalid DNS response|no answer from DNS server|cannot (?:un)?marshal DNS message|temporary failure in name resolution|name or service not known|no address associated with hostname|DNS response contained records which contain invalid names)$/i,
  ],
  [
    'unreachable',
    /^(?:connection refused|no route to host|network is (?:unreachable|down)|host is down|cannot assign requested address|address not available|operation not permitted|no suitable address found|too many open files|no buffer space available|permission denied)$/,
  ],
  [
    'timeout',
    /^(?:i\/o timeout|TLS handshake timeout|timeout awaiting response headers|context deadline exceeded|timeout exceeded|connection timed out|request canceled(?: while waiting for connection)?|deadline exceeded)$/,
  ],
  [
    'interrupted',
    /^(?:(?:unexpected )?EOF|unexpected EOF reading trailer|connection reset(?: by peer)?|broken pipe|use of closed (?:network )?connection|software caused connection abort|transport endpoint is not connected|network dropped connection on reset|cannot send after transport endpoint shutdown|protocol error|resource temporarily unavailable|connection (?:lost|died)|server closed (?:idle )?connection|connection broken|HTTP\/1\.x transport connection broken|client connection (?:lost|force closed via ClientConn\.Close)|client conn(?:ection)? (?:is|not) (?:closed|usable)|response body closed|transport closing|operation was canceled|context canceled|malformed HTTP (?:response|status code|version).*|malformed chunked encoding|invalid byte in chunk length|chunked line ends with bare LF|http chunk length too large|persistConn\.readLoop exiting|closing|io: read\/write on closed pipe|read\/write on closed pipe|bad record MAC)$/,
  ],
  [
    'interrupted',
    /^(?:server sent GOAWAY and closed the connection|Transport received Server's graceful shutdown GOAWAY|Transport received GOAWAY.*|stream error|connection error|client connection lost|no cached connection was available|ContentLength=\d+ with Body length \d+|error verifying (?:sha256 checksum|size)|readLoopPeekFailLocked|received from peer|failed reading the frame payload|frame too large)(?:;|,| after |$)/,
  ],
];

/** The first words of a part behind which one step of a connection is meant. */
const beforeConnection = /^(?:dial (?:tcp|udp)|lookup |connect$|proxyconnect |socks connect )/;

/** Longer texts have the answer of a server in them, which is no error of a connection. */
const longestText = 16_384;

/** Reads an error of Go's net, net/http, net/http2 and crypto/tls; undefined where it is none. Linear. */
export function readNetworkError(text: string): NetworkError | undefined {
  const { cause, scheme } = lastRequest(text.slice(0, longestText));
  const clauses = clausesOf(cause);
  const viaProxy = clauses.some((clause) => /^(?:proxyconnect tcp|socks connect )/.test(clause));
  const certificate = clauses.indexOf('x509');
  if (certificate >= 0 && viaProxy) return { trouble: 'proxy', isTemporary: false };
  if (certificate >= 0)
    return {
      trouble: 'certificate',
      certificate: readCertificateTrouble(clauses.slice(certificate + 1).join(': ')),
    };
  const isRefusedBySocks = clauses.some((clause) => refusedBySocks.test(clause));
  if (isRefusedBySocks) return { trouble: 'proxy', isTemporary: false };
  if (viaProxy) return { trouble: 'proxy', isTemporary: true };
  const trouble = simpleTrouble(clauses, / while reading body\)/.test(cause));
  if (trouble !== undefined) return { trouble };
  const answer = scheme === undefined ? undefined : readProxyAnswer(clauses, scheme === 'https');
  return answer === undefined ? undefined : { trouble: 'proxy', isTemporary: answer === 'temporary' };
}

const refusedBySocks =
  /^(?:unknown error (?:connection not allowed by ruleset|command not supported|address type not supported)|no acceptable authentication methods|username\/password authentication failed|invalid username\/password|unexpected protocol version \d+)$/;

function simpleTrouble(clauses: readonly string[], isInBody: boolean): Simple | undefined {
  const isDialing = clauses.some((clause) => beforeConnection.test(clause));
  const isMoving = isInBody || clauses.some((clause) => /^(?:read|write)(?: (?:tcp|udp) |$)/.test(clause));
  for (const [index, clause] of clauses.entries()) {
    const found = parts.find(([, pattern]) => pattern.test(clause))?.[0];
    if (found === undefined) continue;
    // A file may not be opened, or not be there: only of a connection do these say something.
    if (found === 'unreachable' && !isDialing && !isMoving && isOfFiles.test(clause)) continue;
    if (found === 'interrupted' && isOfHandshake(clauses, index)) return 'tls';
    if (found === 'interrupted' && isDialing) return 'unreachable';
    if ((found === 'timeout' || found === 'unreachable') && isMoving && !isDialing) return 'interrupted';
    return found;
  }
  if (clauses.includes('tls') || clauses.includes('remote error')) return 'tls';
  return troubleOfCall(clauses);
}

/** Whatever the system says of a call on a connection, the connection is not there, or no longer. */
function troubleOfCall(clauses: readonly string[]): Simple | undefined {
  for (const [index, clause] of clauses.entries()) {
    if (index + 2 >= clauses.length) return undefined;
    const call = clauses[index + 1] ?? '';
    if (/^dial (?:tcp|udp) /.test(clause) && call === 'connect') return 'unreachable';
    if (/^(?:read|write) (?:tcp|udp) /.test(clause) && /^(?:read|write)$/.test(call)) return 'interrupted';
  }
  return undefined;
}

const isOfFiles =
  /^(?:operation not permitted|permission denied|too many open files|no buffer space available)$/;

/** An alert of the other side has the words of an interruption, and is none, unless bytes were damaged on the way. */
function isOfHandshake(clauses: readonly string[], index: number): boolean {
  const words = clauses[index] ?? '';
  return clauses[index - 1] === 'tls' && !/^(?:use of closed connection|bad record MAC)$/.test(words);
}

/** The cause of the last request that an error tells of: a registry that may speak plain http is asked twice. */
function lastRequest(text: string): { readonly cause: string; readonly scheme: string | undefined } {
  const [first = ''] = text.split('\n', 1);
  let scheme: string | undefined;
  let cause = first;
  for (const match of first.matchAll(
    /\b(?:Get|Head|Post|Put|Patch|Delete|Options) "((?:[^"\\]|\\.)*)":(?: |$)/g,
  )) {
    scheme = /^https:/i.test(match[1] ?? '') ? 'https' : 'http';
    cause = first.slice(match.index + match[0].length);
  }
  return { cause, scheme };
}

/** What HTTP/2 puts around the cause where it can't send the body of a request once more. */
const aroundCause = ['Transport: cannot retry err [', '] after Request.Body was written'] as const;

function causeInBrackets(text: string): string {
  const [before, after] = aroundCause;
  const [start, end] = [text.indexOf(before), text.lastIndexOf(after)];
  return start < 0 || end < start ? text : text.slice(0, start) + text.slice(start + before.length, end);
}

/** The parts of `a: b: c`, without what they quote and without remarks in brackets at their ends. */
function clausesOf(text: string): readonly string[] {
  return causeInBrackets(text)
    .replaceAll(/"(?:[^"\\]|\\.){0,2000}"/g, '""')
    .split(/: /)
    .map((clause) =>
      clause
        .trim()
        .replace(/ \([^()]*\)$/, '')
        .replace(/\.$/, ''),
    );
}
