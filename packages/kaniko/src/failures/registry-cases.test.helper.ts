import { line, opening } from '../decoder/render-log.test.helper.ts';
import type { FailureCase } from './last-words.test.helper.ts';

const check = 'error checking push permissions: checking push permission for "r.test/a:1": ';
const transport = `${check}creating push check transport for r.test failed: Get "https://r.test/v2/": `;
const push = 'error pushing image: failed to push to destination r.test/a:1: ';
const patch = `${push}Patch "https://r.test/v2/a/blobs/uploads/x": `;
const put = `${push}PUT https://r.test/v2/a/manifests/1: `;
const stage = 'error building image: error building stage: ';
const get = `${stage}failed to get filesystem from image: Get "https://r.test/v2/a/blobs/sha256:x": `;
const source = 'Error: error resolving source context: ';
const pushing = [...opening(), line('Pushing image to r.test/a:1', 4)];

const certificates: readonly (readonly [string, string])[] = [
  ['unknown', 'certificate signed by unknown authority'],
  [
    'unknown',
    'certificate signed by unknown authority (possibly because of "x509: invalid signature" while trying to verify candidate authority certificate "ca")',
  ],
  [
    'expired',
    'certificate has expired or is not yet valid: current time 2024-05-01T00:00:00Z is after 2024-04-30T23:59:59Z',
  ],
  [
    'not-yet-valid',
    'certificate has expired or is not yet valid: current time 2024-05-01T00:00:00Z is before 2024-05-02T00:00:00Z',
  ],
  ['wrong-name', 'certificate is valid for other.test, more.test, not r.test'],
  ['wrong-address', "cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs"],
  ['without-names', 'certificate relies on legacy Common Name field, use SANs instead'],
  ['without-names', 'certificate is not valid for any names, but wanted to match r.test'],
  ['not-authority', 'certificate is not authorized to sign other certificates'],
  ['chain-too-long', 'too many intermediates for path length constraint'],
  ['wrong-usage', 'certificate specifies an incompatible key usage'],
  ['name-forbidden', 'issuer has name constraints but leaf contains unknown or unconstrained name: r.test'],
  [
    'name-forbidden',
    'a root or intermediate certificate is not authorized to sign for this name: DNS name "r.test" is not permitted by any constraint',
  ],
  [
    'weak',
    'cannot verify signature: insecure algorithm SHA1-RSA (temporarily override with GODEBUG=x509sha1=1)',
  ],
  ['malformed', 'negative serial number'],
  ['malformed', 'unhandled critical extension'],
];

const quotas: readonly string[] = [
  'DENIED: project quota exceeded; [map[]]',
  'DENIED: adding 120.0 MiB of storage resource, which when updated to current usage of 10.0 GiB will exceed the configured upper limit of 10.0 GiB.',
  'DENIED: registry contains 1 repositories, limit is 1',
  'DENIED: Quota has been exceeded on namespace',
  'DENIED: Storage quota exceeded',
  'unexpected status code 413 Request Entity Too Large: Datastore disk quota exceeded',
  'unexpected status code 507 Insufficient Storage',
  'UNKNOWN: filesystem: mkdir /var/lib/registry/docker: no space left on device',
];

const interruptions: readonly string[] = [
  'EOF',
  'unexpected EOF',
  'read: connection timed out',
  'read tcp 10.0.0.1:4000->10.0.0.2:443: read: no route to host',
  "http2: Transport: cannot retry err [http2: Transport received Server's graceful shutdown GOAWAY] after Request.Body was written; define Request.GetBody to avoid this error",
  'use of closed network connection',
  'read tcp 10.0.0.1:4000->10.0.0.2:443: read: connection reset by peer',
  'write tcp 10.0.0.1:4000->10.0.0.2:443: write: broken pipe',
  'read tcp 10.0.0.1:4000->10.0.0.2:443: i/o timeout',
  'net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00"',
  'http: server closed idle connection',
  'http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug=""',
  'http2: client connection lost',
  'stream error: stream ID 3; INTERNAL_ERROR; received from peer',
];

const noConnections: readonly string[] = [
  'dial tcp 10.0.0.1:443: connect: connection refused',
  'dial tcp 10.0.0.1:443: connect: no route to host',
  'dial tcp 10.0.0.1:443: connect: connection timed out',
  'dial tcp 10.0.0.1:443: connect: operation not permitted',
  'dial tcp 10.0.0.1:443: i/o timeout',
  'dial tcp: lookup r.test on 10.0.0.1:53: no such host',
  'dial tcp: lookup r.test on 10.0.0.1:53: server misbehaving',
  'dial tcp: lookup r.test: i/o timeout',
  'net/http: TLS handshake timeout',
  'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
  'context deadline exceeded',
];

/** What registries, connections and proxies say, wherever the executor meets them. */
export const registryCases: readonly FailureCase[] = [
  ...certificates.flatMap(([kind, words]) => [
    {
      code: `registry-certificate-${kind}`,
      last: `${transport}tls: failed to verify certificate: x509: ${words}`,
    },
    {
      code: `context-certificate-${kind}`,
      last: `${source}Get "https://r.test/c.tar.gz": tls: failed to verify certificate: x509: ${words}`,
    },
  ]),
  ...quotas.map((words) => ({ code: 'push-quota-exceeded', last: put + words, before: pushing })),
  { code: 'push-quota-exceeded', last: `${check}POST https://r.test/v2/a/blobs/uploads/: ${quotas[0]}` },
  ...interruptions.flatMap((words) => [
    { code: 'push-interrupted', last: patch + words, before: pushing },
    { code: 'base-image-interrupted', last: get + words, before: opening() },
  ]),
  ...noConnections.flatMap((words) => [
    { code: 'registry-unreachable', last: transport + words },
    { code: 'registry-unreachable', last: get + words, before: opening() },
    { code: 'context-broken-off', last: `${source}Get "https://r.test/c.tar.gz": ${words}` },
  ]),
  { code: 'registry-tls-failed', last: `${transport}remote error: tls: handshake failure` },
  { code: 'registry-tls-failed', last: `${transport}tls: first record does not look like a TLS handshake` },
  {
    code: 'context-connection-refused',
    last: `${source}Get "https://r.test/c.tar.gz": remote error: tls: internal error`,
  },
  { code: 'proxy-refused', last: `${transport}Forbidden` },
  { code: 'proxy-refused', last: `${transport}Proxy Authentication Required` },
  {
    code: 'proxy-refused',
    last: `${check}POST http://r.test/v2/a/blobs/uploads/: unexpected status code 407 Proxy Authentication Required: <html>`,
  },
  {
    code: 'proxy-refused',
    last: `${transport}socks connect tcp 10.0.0.9:1080->r.test:443: unknown error connection not allowed by ruleset`,
  },
  { code: 'proxy-unreachable', last: `${transport}Service Unavailable` },
  {
    code: 'proxy-unreachable',
    last: `${transport}proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: connection refused`,
  },
  { code: 'context-connection-refused', last: `${source}Get "https://r.test/c.tar.gz": Forbidden` },
  {
    code: 'registry-credentials-unusable',
    last: `${check}resolving authorization for r.test failed: error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: \`\``,
  },
  {
    code: 'registry-credentials-unusable',
    last: `${check}resolving authorization for r.test failed: /kaniko/.docker/config.json: invalid character 'a' looking for beginning of value`,
  },
  {
    code: 'download-failed',
    last: `${stage}failed to execute command: Get "https://r.test/x": dial tcp: lookup r.test: no such host`,
    before: [...opening('alpine', 'ADD https://r.test/x /x'), line('ADD https://r.test/x /x', 1)],
    step: 'ADD https://r.test/x /x',
  },
  ...[
    ...certificates.map(([kind, words]) => [
      `download-certificate-${kind}`,
      `tls: failed to verify certificate: x509: ${words}`,
    ]),
    ...interruptions.map((words) => ['download-failed', words]),
    ...noConnections.map((words) => ['download-failed', words]),
    ['download-refused', 'http: server gave HTTP response to HTTPS client'],
    ['download-refused', 'remote error: tls: handshake failure'],
    ['download-refused', 'Forbidden'],
  ].map(([code = '', words]) => ({
    code,
    last: `${stage}failed to execute command: Get "https://r.test/x": ${words}`,
    before: [...opening('alpine', 'ADD https://r.test/x /x'), line('ADD https://r.test/x /x', 1)],
    step: 'ADD https://r.test/x /x',
  })),
  {
    code: 'run-mount-unsupported',
    last: `${stage}failed to get files used from context: parsing mounts: unsupported mount type "foo"`,
    before: opening(),
  },
  {
    code: 'copy-destination-not-directory',
    last: `${stage}failed to get files used from context: when specifying multiple sources in a COPY command, destination must be a directory and end in '/'`,
    before: opening('alpine', 'COPY a b /dest'),
    step: 'COPY a b /dest',
  },
];
