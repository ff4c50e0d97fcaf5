import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { readNetworkError } from './network-error.ts';

/** As Go's net, net/http, http2 and crypto/tls print them, and go-containerregistry where it checks what it read. */
const errors: readonly (readonly [string, string])[] = [
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: connection refused'],
  ['unreachable', 'dial tcp [fd00::1]:443: connect: network is unreachable'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: no route to host'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: host is down'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: cannot assign requested address'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: permission denied'],
  ['unreachable', 'dial tcp 10.0.0.1:443: socket: too many open files'],
  ['timeout', 'dial tcp 10.0.0.1:443: i/o timeout'],
  ['timeout', 'dial tcp 10.0.0.1:443: connect: connection timed out'],
  ['timeout', 'net/http: TLS handshake timeout'],
  ['timeout', 'net/http: timeout awaiting response headers'],
  ['timeout', 'http2: timeout awaiting response headers'],
  ['timeout', 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'],
  ['dns', 'dial tcp: lookup r.test: no such host'],
  ['dns', 'dial tcp: lookup r.test on 10.0.0.1:53: server misbehaving'],
  ['dns', 'dial tcp: lookup r.test: Temporary failure in name resolution'],
  ['interrupted', 'EOF'],
  ['interrupted', 'unexpected EOF'],
  ['interrupted', 'http: unexpected EOF reading trailer'],
  ['interrupted', 'http: server closed idle connection'],
  ['interrupted', 'http: ContentLength=10 with Body length 3'],
  ['interrupted', 'read tcp 10.0.0.1:1->10.0.0.2:2: use of closed network connection'],
  ['interrupted', 'write tcp 10.0.0.1:1->10.0.0.2:2: write: broken pipe'],
  ['interrupted', 'read tcp 10.0.0.1:1->10.0.0.2:2: read: connection timed out'],
  ['interrupted', 'read tcp 10.0.0.1:1->10.0.0.2:2: i/o timeout'],
  ['interrupted', 'http2: client connection force closed via ClientConn.Close'],
  [
    'interrupted',
    'http2: server sent GOAWAY and closed the connection; LastStreamID=3, ErrCode=ENHANCE_YOUR_CALM, debug="too_many_pings"',
  ],
  ['interrupted', "http2: Transport received Server's graceful shutdown GOAWAY"],
  [
    'interrupted',
    "http2: Transport: cannot retry err [http2: Transport received Server's graceful shutdown GOAWAY] after Request.Body was written; define Request.GetBody to avoid this error",
  ],
  [
    'interrupted',
    'http2: Transport: cannot retry err [stream error: stream ID 3; REFUSED_STREAM; received from peer] after Request.Body was written; define Request.GetBody to avoid this error',
  ],
  ['interrupted', 'http: persistConn.readLoop exiting'],
  ['interrupted', 'read tcp 10.0.0.1:1->10.0.0.2:2: read: no route to host'],
  ['interrupted', 'write tcp 10.0.0.1:1->10.0.0.2:2: write: network is unreachable'],
  ['interrupted', 'write tcp 10.0.0.1:1->10.0.0.2:2: write: operation not permitted'],
  ['interrupted', 'read tcp 10.0.0.1:1->10.0.0.2:2: read: something that only a new kernel says'],
  ['interrupted', 'context deadline exceeded (Client.Timeout or context cancellation while reading body)'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: connection reset by peer'],
  ['unreachable', 'dial tcp 10.0.0.1:443: connect: something that only a new kernel says'],
  ['interrupted', 'connection error: PROTOCOL_ERROR'],
  ['interrupted', 'stream error: stream ID 7; CANCEL; received from peer'],
  ['interrupted', 'net/http: HTTP/1.x transport connection broken: unexpected EOF'],
  ['interrupted', 'malformed HTTP response "\\x15\\x03\\x01"'],
  ['interrupted', 'error verifying sha256 checksum after reading 100 bytes; got "a", want "b"'],
  ['not-tls', 'http: server gave HTTP response to HTTPS client'],
  ['tls', 'remote error: tls: handshake failure'],
  ['tls', 'remote error: tls: protocol version not supported'],
  ['interrupted', 'local error: tls: bad record MAC'],
  ['interrupted', 'remote error: tls: bad record MAC'],
  ['tls', 'tls: first record does not look like a TLS handshake'],
  ['tls', 'tls: server selected unsupported protocol version 301'],
  ['certificate', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
  ['certificate', 'tls: failed to parse certificate from server: x509: negative serial number'],
  ['proxy', 'proxyconnect tcp: dial tcp: lookup proxy.test: no such host'],
  ['proxy', 'proxyconnect tcp: tls: failed to verify certificate: x509: certificate has expired'],
  ['proxy', 'proxyconnect tcp: tls: first record does not look like a TLS handshake'],
  ['proxy', 'socks connect tcp 10.0.0.9:1080->r.test:443: unknown error host unreachable'],
  [
    'proxy',
    'socks connect tcp 10.0.0.9:1080->r.test:443: dial tcp 10.0.0.9:1080: connect: connection refused',
  ],
  ['proxy', 'Forbidden'],
  ['proxy', 'Bad Gateway'],
  ['proxy', 'Service Unavailable: backend down'],
  ['proxy', 'no healthy upstream'],
  ['proxy', 'blocked'],
  ['proxy', 'unknown status code'],
  ['proxy', ''],
];

describe('an error of a request in Go', () => {
  test.each(errors)('%s: %s', (trouble, words) => {
    expect(readNetworkError(`Get "https://denied.test/v2/eof/x509": ${words}`)?.trouble).toBe(trouble);
  });
});

test.each([
  'open /workspace/eof: no such file or directory',
  'open /x: permission denied',
  'chown /srv/a: operation not permitted',
  'failed to push to destination r.test/a:EOF',
  'something new',
  '',
])('"%s" is no error of a network', (words) => {
  expect(readNetworkError(words)).toBeUndefined();
});

test.each([
  'stopped after 10 redirects',
  'unsupported protocol scheme "ftp"',
  'no Host in request URL',
  'no basic auth credentials',
  'unauthorized: authentication required',
  'denied: requested access to the resource is denied',
])('of a request, but neither of a network nor of a proxy: %s', (words) => {
  expect(readNetworkError(`Get "https://r.test/v2/": ${words}`)).toBeUndefined();
});

test('a proxy answers requests of plain http like a server, so nothing in lower case is its refusal', () => {
  expect(readNetworkError('Get "http://r.test/v2/": blocked')).toBeUndefined();
});

test('a registry that is asked twice: the last answer counts', () => {
  const words =
    'Get "https://r.test/v2/": http: server gave HTTP response to HTTPS client; Get "http://r.test/v2/": EOF';
  expect(readNetworkError(words)).toEqual({ trouble: 'interrupted' });
});

test('a megabyte is read at once', () => {
  for (const piece of ['Get "', ': ', ' (', '"a', 'x509: ', 'Get "": ']) {
    const startedAt = performance.now();
    readNetworkError(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - startedAt).toBeLessThan(500);
  }
});

/** Messages of Linux that can come of a connection, from the table of Go's own sources where Go is installed. */
const ofConnections =
  /^(?:connection |network |no route|host is|broken pipe|software caused|cannot assign requested|cannot send after|transport endpoint is not|protocol error)/;

test('every error of a connection that Linux has is known', () => {
  const table = errnoTable();
  const words = table.filter((text) => ofConnections.test(text));
  const unknown = words.filter(
    (text) => readNetworkError(`read tcp 1.2.3.4:5->6.7.8.9:1: read: ${text}`) === undefined,
  );
  expect(words.length).toBeGreaterThan(3);
  expect(unknown).toEqual([]);
});

function errnoTable(): readonly string[] {
  const root = goRoot();
  if (root === undefined)
    return ['connection refused', 'connection reset by peer', 'broken pipe', 'no route to host'];
  const source = readFileSync(`${root}/src/syscall/zerrors_linux_amd64.go`, 'utf8');
  return [...source.matchAll(/^\t\d+:\s+"([^"]*)",$/gm)].map(([, text = '']) => text);
}

function goRoot(): string | undefined {
  try {
    return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
