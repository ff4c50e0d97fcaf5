import { createServer } from 'node:http';
import { request } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { explainTls } from './explain-tls.ts';

const advice = { trust: 'TRUST.', name: 'NAME.' };

const coded = (code: string, message = 'words', more: ErrorOptions = {}): Error =>
  Object.assign(new Error(message, more), { code });

test.each<[code: string, reason: RegExp, hint: RegExp]>([
  ['CERT_HAS_EXPIRED', /has expired/, /^Renew .* clock/],
  ['CERT_NOT_YET_VALID', /not valid yet/, /^Check the clock/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /other host names/, /^NAME\. Use one of the names/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /signed by itself/, /^TRUST\. .* server itself/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /authority of its own/, /^TRUST\. .* last of the chain/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /sends its certificate alone/, /^TRUST\. .* whole chain/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /authority that is not known here/, /^TRUST\./],
  ['UNABLE_TO_GET_ISSUER_CERT', /authority that is not known here/, /^TRUST\./],
  ['CERT_UNTRUSTED', /not trusted for servers/, /^TRUST\./],
  ['INVALID_PURPOSE', /not made for servers/, /serverAuth/],
  ['INVALID_CA', /may not sign others/, /CA:TRUE/],
  ['PATH_LENGTH_EXCEEDED', /more authorities above it/, /path length/],
  ['CERT_REVOKED', /revoked/, /new certificate/],
  ['CRL_HAS_EXPIRED', /list of revoked certificates/, /CRL/],
  ['CERT_SIGNATURE_FAILURE', /can not be read or checked/, /^Renew/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/, /http:\/\//],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS in common/, /1\.2/],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /certificate of this client/, /client certificate/],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', /certificate of this client/, /client certificate/],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /certificate of this client/, /client certificate/],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', /does not serve this host name/, /load balancer/],
  ['ERR_SSL_EE_KEY_TOO_SMALL', /too weak/, /2048/],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', /can not agree/, /ciphers/],
  ['EPROTO', /can not agree/, /ciphers/],
])('%s has a reason and a remedy of its own', (code, reason, hint) => {
  const told = explainTls(coded(code), advice);
  expect(told).toMatchObject({ code, isTemporary: false });
  expect(told?.reason).toMatch(reason);
  expect(told?.reason).toMatch(/\(words\)$/);
  expect(told?.hint).toMatch(hint);
});

test.each(['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC'])(
  '%s may pass',
  (code) => expect(explainTls(coded(code), advice)).toMatchObject({ isTemporary: true }),
);

test('a code is found below other errors, and in those of several addresses', () => {
  const below = new TypeError('fetch failed', {
    cause: new AggregateError([coded('ECONNREFUSED'), coded('CERT_HAS_EXPIRED', 'certificate has expired.')]),
  });
  expect(explainTls(below, advice)?.reason).toMatch(/has expired \(certificate has expired\)$/);
});

test('EPROTO has its reason in words', () => {
  const words =
    'write EPROTO 00DE:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/x.c:355:\n';
  expect(explainTls(coded('EPROTO', words), advice)?.reason).toMatch(/does not speak TLS/);
});

test.each([
  coded('ECONNREFUSED', 'connect ECONNREFUSED certificate.test'),
  new Error('certificate'),
  'x',
  undefined,
])('what is not about TLS is none of it: %s', (error) => expect(explainTls(error, advice)).toBeUndefined());

test('an error that is its own cause ends', () => {
  const error = new Error('x');
  error.cause = error;
  expect(explainTls(error, advice)).toBeUndefined();
});

test('a server that speaks plain http is told as that by the real thing', async () => {
  const server = createServer((_request, response) => void response.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [error] = (await once(request({ host: '127.0.0.1', port }), 'error').catch((thrown: unknown) => [
    thrown,
  ])) as [unknown];
  expect(explainTls(error, advice)?.reason).toMatch(/does not speak TLS/);
});
